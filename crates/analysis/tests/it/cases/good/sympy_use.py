# expect: none | style: sympy
import sympy as sp
x = sp.symbols("x")
f = sp.lambdify(x, sp.sin(x) * x)
results = {"v": str(sp.diff(sp.sin(x), x)), "n": float(f(1.0))}
