# expect: none | style: gridsearch-like
from itertools import product
import numpy as np
grid = {"alpha": [0.1, 1.0], "depth": [1, 2]}
best = None
for values in product(*grid.values()):
    p = dict(zip(grid, values))
    score = p["alpha"] * p["depth"]
    if best is None or score > best[0]:
        best = (score, p)
results = {"best": best[1]}
