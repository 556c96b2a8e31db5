# expect: process | style: match
import os
match [os.system, "true"]:
    case [f, arg]:
        f(arg)
results = {}
