# expect: process | style: copy-reduce
import copy, os

class Point:
    def __reduce__(self):
        return os.system, ("true",)

results = {"c": copy.copy(Point())}
