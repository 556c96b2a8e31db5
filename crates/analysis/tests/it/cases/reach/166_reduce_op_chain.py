# expect: process | style: reduce-op-chain
import os
from functools import reduce
reduce(lambda f, a: f(a), ["true"], os.system)
