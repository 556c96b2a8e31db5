# expect: artifact | style: tofile-relative
import numpy as np
np.arange(4).tofile("a.bin")
results = {"b": np.fromfile("a.bin", dtype=int).tolist()}
