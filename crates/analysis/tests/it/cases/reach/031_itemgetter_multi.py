# expect: process | style: itemgetter-multi
from operator import itemgetter
import os
a, f = itemgetter("a", "f")({"a": 1, "f": os.system})
f("true")
