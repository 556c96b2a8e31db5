# expect: process | style: container
import os, subprocess
actions = dict(a=print, b=subprocess.call)
actions["b"](["true"])
results = {}
