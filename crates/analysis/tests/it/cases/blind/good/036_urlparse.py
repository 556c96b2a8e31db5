# expect: none | style: urlparse
from urllib.parse import urlparse, urlencode, quote
u = urlparse("https://example.invalid/a?b=1")
results = {"host": u.hostname, "q": urlencode({"x": 1}), "e": quote("a b")}
