# expect: process | style: try-finally-bind
import os
f = len
try:
    1 / 0
except ZeroDivisionError:
    f = os.system
finally:
    f("true")
