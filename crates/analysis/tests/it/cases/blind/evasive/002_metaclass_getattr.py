# expect: process | style: metaclass-getattr
import os

class Forward(type):
    def __getattr__(cls, name):
        return getattr(os, name)

class Plant(metaclass=Forward):
    pass

results = {"rc": Plant.system("true")}
