# expect: none | style: getattr
import numpy as np

def apply(name, data):
    return getattr(np, name)(data)

results = {"v": float(apply("median", [1, 2, 3]))}
