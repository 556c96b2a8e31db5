# expect: process | style: nested-class
import os
class A:
    class B:
        class C:
            run = staticmethod(os.system)
A.B.C.run("true")
