# expect: dynamic_code | style: lambda-code
f = lambda: 0
f.__code__ = compile("1", "x", "eval")
