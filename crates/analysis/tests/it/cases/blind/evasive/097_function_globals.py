# expect: introspection | style: function-globals
import json
space = getattr(json.loads, "__glo" + "bals__")
results = {"n": len(space["__builtins__"])}
