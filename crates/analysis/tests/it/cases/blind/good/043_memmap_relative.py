# expect: artifact | style: memmap-relative
import numpy as np
m = np.memmap("scratch.dat", dtype="float32", mode="w+", shape=(10,))
m[:] = 1
m.flush()
results = {"s": float(m.sum())}
