# expect: process | style: type-subclass-attr
import os
class A: pass
A.run = os.system
class B(A): pass
B.run("true")
