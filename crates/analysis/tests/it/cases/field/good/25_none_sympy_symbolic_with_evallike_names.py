# expect: none | style: sympy symbolic with eval-like names
import sympy as sp

x, k = sp.symbols("x k")
expr = sp.sin(k * x) ** 2
integral = sp.integrate(expr, (x, 0, sp.pi))
f = sp.lambdify((x, k), expr, "numpy")
value = integral.subs(k, 2).evalf()
series = sp.series(sp.exp(x), x, 0, 4)
results = {"integral": str(integral), "value": float(value), "f": float(f(1.0, 2.0)), "series": str(series)}
