# expect: process | style: weakref-callback
import os, weakref
class A: pass
a = A()
r = weakref.ref(a, lambda _: os.system("true"))
del a
