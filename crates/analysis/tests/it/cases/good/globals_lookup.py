# expect: none | style: globals
a_mean = 1.0
b_mean = 2.0
results = {n: globals()[n] for n in ("a_mean", "b_mean")}
