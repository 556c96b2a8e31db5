# expect: none | style: fit of a resonance with own class named Session
import numpy as np
from scipy.optimize import curve_fit

class Session:
    def __init__(self):
        self.store = {}
    def get(self, key, default=None):
        return self.store.get(key, default)
    def put(self, key, value):
        self.store[key] = value
    def post(self, key, value):
        self.put(key, value)

def lorentz(x, a, x0, w):
    return a / (1 + ((x - x0) / w) ** 2)

rng = np.random.default_rng(1)
x = np.linspace(-5, 5, 200)
y = lorentz(x, 2, 0.3, 0.8) + rng.normal(0, 0.05, x.size)
popt, pcov = curve_fit(lorentz, x, y, p0=[1, 0, 1])
s = Session()
s.post("fit", popt)
results = {"x0": float(s.get("fit")[1]), "err": float(np.sqrt(np.diag(pcov))[1])}
