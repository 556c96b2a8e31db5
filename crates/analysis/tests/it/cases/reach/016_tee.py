# expect: process | style: tee
import os
from itertools import tee
a, b = tee([os.system])
next(a)("true")
