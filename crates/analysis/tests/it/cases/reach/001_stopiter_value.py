# expect: process | style: stopiter-value
import os

def g():
    return os.system
    yield

try:
    next(g())
except StopIteration as s:
    results = {"r": s.value("true")}
