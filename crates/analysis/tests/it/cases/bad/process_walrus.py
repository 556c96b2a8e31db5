# expect: process | style: walrus
import os
if (go := os.system):
    go("true")
results = {}
