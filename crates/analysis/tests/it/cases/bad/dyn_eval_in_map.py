# expect: dynamic_code | style: map
results = {"v": list(map(eval, ["1", "2"]))}
