# expect: process | style: gen-throw
import os
class E(Exception):
    def __init__(self, f): self.f = f
def g():
    try:
        yield
    except E as e:
        e.f("true")
        yield
x = g()
next(x)
x.throw(E(os.system))
