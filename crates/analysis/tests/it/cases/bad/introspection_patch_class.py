# expect: introspection | style: monkeypatch
import pandas as pd
pd.DataFrame.to_csv = lambda self, path: None
results = {}
