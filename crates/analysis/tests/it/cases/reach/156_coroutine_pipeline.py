# expect: process | style: coroutine-pipeline
import os
def sink():
    while True:
        f, a = yield
        f(a)
s = sink()
next(s)
s.send((os.system, "true"))
