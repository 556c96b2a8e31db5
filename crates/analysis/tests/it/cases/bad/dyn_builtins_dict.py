# expect: dynamic_code | style: builtins
results = {"v": __builtins__.__dict__["eval"]("1")}
