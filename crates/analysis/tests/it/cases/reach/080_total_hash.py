# expect: process | style: total-hash
import os
class K:
    def __hash__(self): return os.system("true")
{K(): 1}
