# expect: process | style: evasive
import os
d = {}
d.setdefault("f", os.system)("true")
