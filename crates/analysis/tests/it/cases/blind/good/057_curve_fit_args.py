# expect: none | style: curve-fit-args
import numpy as np
from scipy.optimize import curve_fit

def gauss(x, *p):
    a, mu, s = p
    return a * np.exp(-((x - mu) ** 2) / (2 * s**2))

x = np.linspace(-1, 1, 50)
popt, pcov = curve_fit(gauss, x, gauss(x, 1, 0, 0.3), p0=[1, 0, 0.5])
results = {"p": popt.tolist()}
