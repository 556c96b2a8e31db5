# expect: process | style: iadd
import os
class K:
    def __iadd__(self, c):
        os.system(c)
        return self
k = K()
k += "true"
