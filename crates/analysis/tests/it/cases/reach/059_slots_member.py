# expect: process | style: slots-member
import os
class A:
    __slots__ = ("f",)
a = A()
A.f.__set__(a, os.system)
a.f("true")
