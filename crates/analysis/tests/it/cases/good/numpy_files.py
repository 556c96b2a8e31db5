# expect: artifact, input | style: numpy
import numpy as np
np.savez("arrays.npz", a=np.arange(3), b=np.ones(2))
with np.load("arrays.npz") as data:
    total = data["a"].sum() + data["b"].sum()
np.savetxt("t.csv", np.ones((2, 2)), delimiter=",")
m = np.memmap("m.dat", dtype="f4", mode="w+", shape=(3,))
results = {"t": float(total)}
