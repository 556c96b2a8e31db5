# expect: input | style: np-load-npz
import numpy as np
with np.load("orbit.npz") as data:
    x = data["x"]
results = {"rms": float(np.sqrt(np.mean(x**2)))}
