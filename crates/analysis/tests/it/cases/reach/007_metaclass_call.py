# expect: process | style: metaclass-call
import os
class M(type):
    def __call__(cls, cmd):
        return os.system(cmd)
class R(metaclass=M):
    pass
R("true")
