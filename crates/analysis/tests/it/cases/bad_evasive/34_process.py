# expect: process | style: evasive
import os
class Meta(type):
    def __call__(cls, c): return os.system(c)
class X(metaclass=Meta): pass
X("true")
