# expect: process | style: return
import os

def pick(kind):
    if kind == "quiet":
        return len
    return os.system

pick("loud")("true")
results = {}
