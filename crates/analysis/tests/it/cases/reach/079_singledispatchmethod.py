# expect: process | style: singledispatchmethod
import os
from functools import singledispatchmethod
class A:
    @singledispatchmethod
    def go(self, x): pass
    @go.register
    def _(self, x: str): os.system(x)
A().go("true")
