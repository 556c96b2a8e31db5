# expect: process | style: except-star
import os
class E(Exception): pass
try:
    raise ExceptionGroup("x", [E(os.system)])
except* E as eg:
    eg.exceptions[0].args[0]("true")
