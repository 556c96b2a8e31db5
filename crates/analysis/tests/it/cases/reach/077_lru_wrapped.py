# expect: process | style: lru-wrapped
import os
from functools import lru_cache
lru_cache(None)(os.system)("true")
