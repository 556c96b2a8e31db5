# expect: input | style: json-relative
import json
with open("config.json", encoding="utf-8") as handle:
    cfg = json.load(handle)
results = {"keys": sorted(cfg)}
