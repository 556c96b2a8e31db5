# expect: process | style: exec
import os
os.execvp("true", ["true"])
results = {}
