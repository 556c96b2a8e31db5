# expect: none | style: web words but no network
from urllib.parse import urlparse, urlencode, quote
import html
import ipaddress
import http

u = urlparse("https://user@host:8443/a/b?x=1#frag")
q = urlencode({"a": 1, "b": "c d"})
n = ipaddress.ip_network("10.0.0.0/30")
results = {"host": u.hostname, "q": q, "hosts": [str(h) for h in n.hosts()], "status": http.HTTPStatus.NOT_FOUND.value, "esc": html.escape("<a>"), "quoted": quote("a b")}
