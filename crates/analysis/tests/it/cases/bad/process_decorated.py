# expect: process | style: decorator
import os

def run_it(command):
    def wrap(f):
        os.system(command)
        return f
    return wrap

@run_it("true")
def task():
    return 1

results = {}
