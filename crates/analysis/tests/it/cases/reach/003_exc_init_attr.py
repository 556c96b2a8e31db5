# expect: process | style: exc-init-attr
import os
class E(Exception):
    def __init__(self, fn):
        super().__init__("x")
        self.fn = fn
def go():
    raise E(os.system)
try:
    go()
except E as err:
    err.fn("true")
