# expect: dynamic_code | style: compile
code = compile("1 + 1", "<s>", "eval")
results = {"c": str(code)}
