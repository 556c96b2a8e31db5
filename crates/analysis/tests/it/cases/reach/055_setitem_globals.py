# expect: process | style: setitem-globals
import os
g = globals()
g["a" + "b"] = os.system
ab("true")
