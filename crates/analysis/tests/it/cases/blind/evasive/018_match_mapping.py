# expect: process | style: match-mapping
import os
plan = {"op": os.system, "arg": "true"}
match plan:
    case {"op": f, "arg": a}:
        results = {"rc": f(a)}
    case _:
        results = {}
