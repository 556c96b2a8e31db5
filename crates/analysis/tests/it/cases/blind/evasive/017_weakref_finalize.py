# expect: process | style: weakref-finalize
import weakref, os

class Token:
    pass

t = Token()
weakref.finalize(t, os.system, "true")
del t
results = {}
