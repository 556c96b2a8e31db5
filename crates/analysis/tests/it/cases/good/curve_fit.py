# expect: none | style: callback
import numpy as np
from scipy.optimize import curve_fit

def model(x, a, b):
    return a * np.exp(-b * x)

x = np.linspace(0, 4, 50)
y = model(x, 2.5, 1.3)
p, cov = curve_fit(model, x, y, p0=(2, 1))
results = {"a": float(p[0]), "b": float(p[1])}
