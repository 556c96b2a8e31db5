# expect: dynamic_code | style: type FunctionType codeobj
import types

def template(x):
    return x + 1

clone = types.FunctionType(template.__code__.replace(co_consts=(None, 5)), globals())
results = {"v": clone(2)}
