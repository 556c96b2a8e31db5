# expect: artifact | style: json-dump-artifact
import json
with open("summary.json", "w") as out:
    json.dump({"a": 1}, out, indent=2)
results = {"ok": True}
