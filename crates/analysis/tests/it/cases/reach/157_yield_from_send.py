# expect: process | style: yield-from-send
import os
def inner():
    f = yield
    f("true")
def outer():
    yield from inner()
o = outer()
next(o)
o.send(os.system)
