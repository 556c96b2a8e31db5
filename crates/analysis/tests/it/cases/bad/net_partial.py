# expect: net | style: partial
from functools import partial
from urllib.request import urlopen
fetch = partial(urlopen, timeout=1)
fetch("http://127.0.0.1:9")
results = {}
