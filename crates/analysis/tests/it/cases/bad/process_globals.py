# expect: process | style: globals
from os import system
globals()["system"]("true")
results = {}
