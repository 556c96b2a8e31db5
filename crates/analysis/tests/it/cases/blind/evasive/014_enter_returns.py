# expect: process | style: enter-returns
import os

class Guard:
    def __enter__(self):
        return os.popen
    def __exit__(self, *exc):
        return False

with Guard() as p:
    results = {"out": p("true").read()}
