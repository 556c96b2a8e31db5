# expect: process | style: compose
import os
from functools import reduce
compose = lambda *fs: reduce(lambda f, g: lambda x: f(g(x)), fs)
compose(os.system, str.strip)(" true ")
