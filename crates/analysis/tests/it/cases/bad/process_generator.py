# expect: process | style: generator
import os

def tools():
    yield print
    yield os.system

for tool in tools():
    tool("true")
results = {}
