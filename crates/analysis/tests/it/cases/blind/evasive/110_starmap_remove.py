# expect: fs.delete | style: starmap-remove
import os
from itertools import starmap
try:
    list(starmap(os.remove, [("/srv/archive/a",)]))
except OSError:
    pass
results = {}
