# expect: net | style: reduce-getattr
from functools import reduce
import urllib.request
fetch = reduce(getattr, "request.urlopen".split("."), urllib)
try:
    fetch("http://127.0.0.1:9/", timeout=0.1)
except OSError:
    pass
results = {}
