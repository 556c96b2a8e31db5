# expect: dynamic_code | style: builtins
import builtins
getattr(builtins, "ex" + "ec")("x = 1")
results = {}
