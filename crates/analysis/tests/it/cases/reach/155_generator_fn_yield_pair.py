# expect: process | style: generator-fn-yield-pair
import os
def g():
    yield os.system, "true"
for f, a in g():
    f(a)
