# expect: none | style: checks of callbacks and signal names
import inspect
import numpy as np
from scipy.optimize import least_squares, minimize

history = []
def cost(p):
    return (p[0] - 1) ** 2 + (p[1] + 2) ** 2
def callback(xk):
    history.append(cost(xk))
res = minimize(cost, [0, 0], method="Nelder-Mead", callback=callback)
sig = inspect.signature(cost)
doc = inspect.getdoc(cost) or ""
ls = least_squares(lambda p: [p[0] - 1, p[1] + 2], [0, 0])
results = {"x": list(map(float, res.x)), "n": len(history), "params": list(sig.parameters), "ls": float(ls.cost)}
