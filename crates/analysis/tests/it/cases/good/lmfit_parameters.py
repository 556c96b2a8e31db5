# expect: none | style: value-attribute
from lmfit import Parameters, minimize
p = Parameters()
p.add("a", value=1.0)
p["a"].value = 2.0
p["a"].set(min=0)
results = {"a": p["a"].value}
