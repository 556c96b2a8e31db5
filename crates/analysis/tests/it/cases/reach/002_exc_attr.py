# expect: process | style: exc-attr
import os
class E(Exception):
    pass
try:
    e = E("x")
    e.fn = os.system
    raise e
except E as err:
    err.fn("true")
