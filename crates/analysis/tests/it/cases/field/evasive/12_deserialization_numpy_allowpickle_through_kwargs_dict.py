# expect: deserialization | style: numpy allow_pickle through kwargs dict
import numpy as np

options = dict(mmap_mode=None)
options["allow_pickle"] = True
data = np.load("weights.npy", **options)
results = {"n": int(data.size)}
