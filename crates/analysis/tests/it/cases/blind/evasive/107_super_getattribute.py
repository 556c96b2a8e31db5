# expect: process | style: super-getattribute
import os

class Proxy:
    def __init__(self, inner):
        object.__setattr__(self, "inner", inner)
    def __getattribute__(self, name):
        return getattr(object.__getattribute__(self, "inner"), name)

results = {"rc": Proxy(os).system("true")}
