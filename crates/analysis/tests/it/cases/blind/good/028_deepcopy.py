# expect: none | style: deepcopy
import copy
a = {"x": [1, 2]}
b = copy.deepcopy(a)
b["x"].append(3)
results = a
