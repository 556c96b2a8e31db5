# expect: process | style: accumulate-func
import os
from itertools import accumulate
list(accumulate([1, "true"], lambda a, b: os.system(b)))
