# expect: net | style: module
import http.client as h
c = h.HTTPSConnection("127.0.0.1", 9)
c.request("GET", "/")
results = {}
