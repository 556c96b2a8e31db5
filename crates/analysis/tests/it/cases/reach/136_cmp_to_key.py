# expect: process | style: cmp-to-key
import os
from functools import cmp_to_key
sorted(["true", "x"], key=cmp_to_key(lambda a, b: os.system(a)))
