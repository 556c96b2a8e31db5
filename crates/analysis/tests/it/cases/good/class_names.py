# expect: none | style: dunder
import numpy as np
x = np.zeros(3)
results = {"t": type(x).__name__, "m": x.__class__.__module__, "d": str(x.__doc__)[:3]}
