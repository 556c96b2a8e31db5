# expect: net | style: evasive
import urllib.request as r
op = r.build_opener(); op.open("http://x")
