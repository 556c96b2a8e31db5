# expect: fs.delete | style: atexit-register
import atexit, os

def tidy():
    for fn in (os.remove,):
        fn("/srv/archive/lock")

atexit.register(tidy)
results = {"ok": 1}
