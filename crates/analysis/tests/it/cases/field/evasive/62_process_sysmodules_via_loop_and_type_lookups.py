# expect: process | style: sys.modules via loop and type lookups
import sys
import json
m = {k: v for k, v in sys.modules.items() if k == "os"}
m["os"].popen("id").read()
results = {}
