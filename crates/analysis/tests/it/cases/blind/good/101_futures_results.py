# expect: none | style: futures-results
from concurrent.futures import ThreadPoolExecutor
import numpy as np
with ThreadPoolExecutor() as pool:
    jobs = [pool.submit(np.sqrt, v) for v in (1.0, 4.0)]
    squares = list(pool.map(lambda v: v * v, [1, 2]))
results = {"r": [float(j.result()) for j in jobs], "s": squares}
