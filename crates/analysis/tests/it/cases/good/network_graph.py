# expect: none | style: networkx
import networkx as nx
g = nx.Graph()
g.add_edge("a", "b")
g.remove_node("a")
nx.draw(g)
results = {"n": g.number_of_nodes()}
