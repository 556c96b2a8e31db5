# expect: none | style: getattr-np-func
import numpy as np
aggregations = {"lo": "min", "hi": "max", "avg": "mean"}
a = np.arange(5)
results = {k: float(getattr(np, v)(a)) for k, v in aggregations.items()}
