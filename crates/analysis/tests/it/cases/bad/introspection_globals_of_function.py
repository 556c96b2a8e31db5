# expect: introspection | style: __globals__
import json
results = {"n": len(json.dumps.__globals__)}
