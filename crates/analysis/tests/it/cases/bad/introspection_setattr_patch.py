# expect: introspection | style: monkeypatch
import numpy
setattr(numpy.linalg, "norm", lambda *a: 0)
results = {}
