# expect: deserialization | style: kwargs
import numpy as np
options = {"allow_pickle": True}
a = np.load("x.npy", **options)
results = {}
