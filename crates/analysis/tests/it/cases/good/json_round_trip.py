# expect: artifact, input | style: json
import json
with open("summary.json", "w") as f:
    json.dump({"a": 1}, f)
with open("summary.json") as f:
    results = json.load(f)
