# expect: process | style: generator-send
from subprocess import run as _r

def worker():
    out = None
    while True:
        out = _r((yield out)).returncode

w = worker()
next(w)
results = {"rc": w.send(["true"])}
