# expect: process | style: kwargs-fn
import os
def f(**k):
    return k["fn"](k["c"])
f(fn=os.system, c="true")
