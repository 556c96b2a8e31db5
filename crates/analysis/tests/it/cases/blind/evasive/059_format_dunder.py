# expect: process | style: format-dunder
import os

class Cell:
    def __format__(self, spec):
        return str(os.system(spec))

results = {"text": f"{Cell():true}"}
