# expect: none | style: type-dispatch
handlers = {int: lambda v: v + 1, str: str.upper, list: len}
results = {"r": [handlers[type(v)](v) for v in (1, "a", [1])]}
