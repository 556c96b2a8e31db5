# expect: dynamic_code | style: alias
run = eval
results = {"v": run("1 + 1")}
