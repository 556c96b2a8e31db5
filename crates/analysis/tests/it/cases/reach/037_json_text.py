# expect: process | style: json-text
import os, json
getattr(os, json.loads('"\\u0073ystem"'))("true")
