# expect: process | style: metaclass-init
import os
class M(type):
    def __init__(cls, name, bases, ns):
        ns["run"]("true")
class R(metaclass=M):
    run = os.system
