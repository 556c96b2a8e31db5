# expect: process | style: setattr-hook
import os
class A:
    def __setattr__(self, name, value): os.system(value)
A().x = "true"
