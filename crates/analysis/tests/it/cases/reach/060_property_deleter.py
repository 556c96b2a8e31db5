# expect: process | style: property-deleter
import os
class A:
    @property
    def x(self): return 1
    @x.deleter
    def x(self): os.system("true")
del A().x
