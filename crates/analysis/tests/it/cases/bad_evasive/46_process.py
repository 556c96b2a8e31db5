# expect: process | style: evasive
from contextlib import ExitStack
import os
with ExitStack() as s:
    s.callback(os.system, "true")
