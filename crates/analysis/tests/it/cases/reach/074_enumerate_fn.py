# expect: process | style: enumerate-fn
import os
for i, f in enumerate([os.system]):
    f("true")
