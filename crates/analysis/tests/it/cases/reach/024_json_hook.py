# expect: process | style: json-hook
import os, json
json.loads('{"c": "true"}', object_hook=lambda d: os.system(d["c"]))
