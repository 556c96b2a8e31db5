# expect: dynamic_code | style: types
import types
f = types.FunctionType((lambda: 1).__code__, {})
results = {"v": f()}
