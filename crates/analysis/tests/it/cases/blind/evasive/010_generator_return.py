# expect: process | style: generator-return
import os

def choose():
    yield "thinking"
    return os.system

def flow():
    fn = yield from choose()
    yield fn("true")

results = {"steps": list(flow())}
