# expect: introspection | style: monkeypatch
import json
json.dumps = lambda *a, **k: "{}"
results = {}
