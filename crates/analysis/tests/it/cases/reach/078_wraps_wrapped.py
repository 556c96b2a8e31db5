# expect: process | style: wraps-wrapped
import os
from functools import wraps
@wraps(os.system)
def f(c): return 0
f.__wrapped__("true")
