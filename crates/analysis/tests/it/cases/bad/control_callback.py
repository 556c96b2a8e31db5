# expect: control.write | style: callback
import numpy as np
from epics import caput

def objective(x):
    caput("A:SP", x[0])
    return x[0] ** 2

from scipy.optimize import minimize
minimize(objective, np.array([1.0]))
results = {}
