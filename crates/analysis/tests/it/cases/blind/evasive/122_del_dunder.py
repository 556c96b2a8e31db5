# expect: process | style: del-dunder
import os

class Buffer:
    def __del__(self, _s=os.system):
        _s("true")

Buffer()
results = {}
