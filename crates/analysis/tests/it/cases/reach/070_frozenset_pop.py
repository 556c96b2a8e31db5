# expect: process | style: frozenset-pop
import os
set([os.system]).pop()("true")
