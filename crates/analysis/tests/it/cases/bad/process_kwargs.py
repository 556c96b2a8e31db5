# expect: process | style: kwargs
import os

def go(**kw):
    return kw["f"](kw["arg"])

go(**{"f": os.system, "arg": "true"})
results = {}
