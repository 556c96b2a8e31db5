# expect: process | style: vectorize
import os
import numpy as np
f = np.vectorize(os.system, otypes=[int])
results = {"rc": f(["true"]).tolist()}
