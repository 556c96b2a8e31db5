# expect: deserialization | style: allow-pickle-kwargs
import numpy as np
options = {"allow_" + "pickle": True}
results = {"n": len(np.load("given.npy", **options))}
