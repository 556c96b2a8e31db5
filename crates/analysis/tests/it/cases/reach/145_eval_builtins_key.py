# expect: dynamic_code | style: eval-builtins-key
f = __builtins__.__dict__.get("eval") if hasattr(__builtins__, "__dict__") else __builtins__["eval"]
f("1")
