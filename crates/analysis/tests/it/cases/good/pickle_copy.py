# expect: none | style: own-pickle
import pickle
a = {"x": [1, 2]}
b = pickle.loads(pickle.dumps(a))
results = {"same": a == b}
