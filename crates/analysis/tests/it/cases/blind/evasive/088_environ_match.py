# expect: environment | style: environ-match
import os
match dict(getattr(os, "env" + "iron")):
    case {"PATH": p}:
        results = {"p": len(p)}
    case _:
        results = {}
