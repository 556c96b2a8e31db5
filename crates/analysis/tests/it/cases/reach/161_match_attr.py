# expect: process | style: match-attr
import os
class P:
    def __init__(self, f): self.f = f
match P(os.system):
    case P(f=g):
        g("true")
