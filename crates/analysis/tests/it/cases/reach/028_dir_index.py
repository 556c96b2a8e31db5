# expect: process | style: dir-index
import os
n = [x for x in dir(os) if x.startswith("sys") and x.endswith("m")][0]
getattr(os, n)("true")
