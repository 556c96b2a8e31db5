# expect: process | style: closure-list
import os
fs = [lambda c, f=f: f(c) for f in (len, os.system)]
fs[1]("true")
