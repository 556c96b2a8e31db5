# expect: introspection | style: monkeypatch
import sys
sys.modules["json"] = object()
results = {}
