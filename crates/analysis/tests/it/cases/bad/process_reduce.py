# expect: process | style: reduce
from functools import reduce
import os
reduce(getattr, ["system"], os)("true")
results = {}
