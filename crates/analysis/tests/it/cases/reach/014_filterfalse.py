# expect: process | style: filterfalse
import os
from itertools import filterfalse
list(filterfalse(os.system, ["true"]))
