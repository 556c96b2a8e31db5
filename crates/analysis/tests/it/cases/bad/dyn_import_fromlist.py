# expect: dynamic_code, process | style: __import__
m = __import__("".join(["sub", "process"]), fromlist=["run"])
m.run(["true"])
results = {}
