# expect: process | style: class-swap
import os
class A:
    def go(self, c): return 0
class B:
    def go(self, c): return os.system(c)
a = A()
a.__class__ = B
a.go("true")
