# expect: dynamic_code | style: eval through builtins module alias
import builtins as b
import numpy as np

expr = "np.linspace(0, 1, 5).sum()"
calc = getattr(b, "".join(reversed("lave")))
results = {"value": float(calc(expr))}
