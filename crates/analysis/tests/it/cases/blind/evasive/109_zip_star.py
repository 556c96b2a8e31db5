# expect: fs.write | style: zip-star
import os
from itertools import starmap
list(starmap(os.rename, zip(["/srv/archive/a"], ["/srv/archive/b"]))) if False else None
for f, a in zip((print, os.truncate), (("x",), ("/srv/archive/a", 0))):
    try:
        f(*a)
    except OSError:
        pass
results = {}
