# expect: process | style: descriptor-get
import subprocess

class Tool:
    def __init__(self, fn):
        self.fn = fn
    def __get__(self, obj, owner=None):
        return self.fn

class Bench:
    measure = Tool(subprocess.call)

results = {"rc": Bench().measure(["true"])}
