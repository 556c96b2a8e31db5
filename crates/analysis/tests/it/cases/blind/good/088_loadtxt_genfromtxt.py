# expect: input | style: loadtxt-genfromtxt
import numpy as np
a = np.loadtxt("spectrum.txt", delimiter=",", skiprows=1)
b = np.genfromtxt("meta.csv", names=True)
results = {"a": a.shape[0], "b": b.size}
