# expect: process | style: evasive
import weakref, os
class A: pass
a = A()
weakref.finalize(a, os.system, "true")
