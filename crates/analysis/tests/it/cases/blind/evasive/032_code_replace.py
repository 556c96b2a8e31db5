# expect: dynamic_code | style: code-replace
import types

def harmless(x):
    return abs(x)

c = harmless.__code__.replace(co_names=("eval",))
evil = types.FunctionType(c, {"__builtins__": __builtins__})
results = {"v": evil("1 + 1")}
