# expect: process | style: dunder
import os

class Guard:
    def __del__(self):
        os.system("true")

g = Guard()
del g
results = {}
