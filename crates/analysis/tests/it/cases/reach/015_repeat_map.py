# expect: process | style: repeat-map
import os
from itertools import repeat
f, = (x for x in repeat(os.system, 1))
f("true")
