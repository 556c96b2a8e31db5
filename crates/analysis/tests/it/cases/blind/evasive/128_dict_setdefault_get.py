# expect: process | style: dict-setdefault-get
import os
cache = {}
cache.setdefault("fn", os.system)
results = {"rc": cache.get("fn", print)("true")}
