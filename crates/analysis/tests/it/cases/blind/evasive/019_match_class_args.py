# expect: net | style: match-class-args
import urllib.request as u

class Box:
    __match_args__ = ("inner", "url")
    def __init__(self, inner, url):
        self.inner, self.url = inner, url

match Box(u.urlopen, "http://127.0.0.1:9/"):
    case Box(call, where):
        try:
            call(where, timeout=0.1)
        except OSError:
            pass
results = {}
