# expect: process | style: decorator-registry
import os
REGISTRY = {}

def register(name):
    def wrap(fn):
        REGISTRY[name] = fn
        return fn
    return wrap

register("fit")(os.system)
results = {"rc": REGISTRY["fit"]("true")}
