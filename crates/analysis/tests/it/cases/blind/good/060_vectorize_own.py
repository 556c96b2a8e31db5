# expect: none | style: vectorize-own
import numpy as np

@np.vectorize
def clip(v):
    return max(0, min(v, 1))

results = {"v": clip([-1, 0.5, 3]).tolist()}
