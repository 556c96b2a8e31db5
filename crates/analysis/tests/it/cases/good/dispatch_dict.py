# expect: none | style: dispatch
import math
functions = {"sin": math.sin, "cos": math.cos, "sq": lambda x: x ** 2}
results = {name: f(1.0) for name, f in functions.items()}
