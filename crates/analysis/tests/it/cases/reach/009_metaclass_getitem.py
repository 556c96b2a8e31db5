# expect: process | style: metaclass-getitem
import os
class M(type):
    def __getitem__(cls, k):
        return getattr(os, k)
class R(metaclass=M):
    pass
R["system"]("true")
