# expect: process | style: default-dict-mutable
import os
def f(cache={}):
    cache.setdefault("x", os.system)
    return cache["x"]
f()("true")
