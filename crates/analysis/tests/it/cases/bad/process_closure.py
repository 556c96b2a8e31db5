# expect: process | style: closure
import os

def make():
    f = os.system
    def inner(cmd):
        return f(cmd)
    return inner

make()("true")
results = {}
