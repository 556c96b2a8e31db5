# expect: none | style: inspect-signature
import inspect

def model(x, a=1, b=2):
    return a * x + b

results = {"params": list(inspect.signature(model).parameters)}
