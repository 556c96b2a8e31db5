# expect: process | style: kwdefaults
import os
def f(a=os.system): pass
f.__defaults__[0]("true")
