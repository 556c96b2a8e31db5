# expect: none | style: inspect
import inspect

def model(x, a, b):
    return a * x + b

results = {"n": list(inspect.signature(model).parameters), "name": model.__name__, "doc": model.__doc__}
