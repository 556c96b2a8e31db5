# expect: dynamic_code | style: exec via __builtins__ subscript get
source = "results = {'x': 1}"
run = (__builtins__ if isinstance(__builtins__, dict) else vars(__builtins__)).get("exec")
run(source)
