# expect: process | style: displayhook-print
import os, builtins
builtins.print = os.system
print("true")
