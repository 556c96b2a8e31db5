# expect: none | style: look-alike
ports = {"socket": 1, "http": 2}
url = "http://example.org/a?b=c"
from urllib.parse import urlparse, parse_qs, quote
parts = urlparse(url)
results = {"h": parts.netloc, "q": parse_qs(parts.query), "p": quote("a b")}
