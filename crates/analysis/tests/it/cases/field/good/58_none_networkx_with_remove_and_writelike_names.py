# expect: none | style: networkx with remove and write-like names
import networkx as nx
g = nx.Graph()
g.add_edges_from([(1, 2), (2, 3), (3, 1)])
g.remove_edge(1, 2)
g.remove_node(3)
pos = nx.spring_layout(g, seed=1)
results = {"nodes": list(g.nodes), "n": g.number_of_edges(), "c": nx.is_connected(g)}
