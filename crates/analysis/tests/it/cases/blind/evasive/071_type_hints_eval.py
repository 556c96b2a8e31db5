# expect: dynamic_code | style: type-hints-eval
import typing

def f(x: "__import__('os').getpid()"):
    return x

try:
    typing.get_type_hints(f)
except TypeError:
    pass
results = {}
