# expect: dynamic_code | style: exec-format
for i in range(3):
    exec(f"x{i} = {i}")
results = {}
