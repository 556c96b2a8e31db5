# expect: process | style: os-execv
import os
import sys
if len(sys.argv) > 99:
    os.execv("/bin/true", ["true"])
results = {}
