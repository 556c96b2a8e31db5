# expect: net | style: http-subclass
from http.client import HTTPConnection

class Quiet(HTTPConnection):
    def ping(self):
        self.request("GET", "/")

try:
    Quiet("127.0.0.1", 9, timeout=0.1).ping()
except OSError:
    pass
results = {}
