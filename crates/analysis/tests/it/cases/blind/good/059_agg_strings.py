# expect: none | style: agg-strings
import pandas as pd
df = pd.DataFrame({"k": [1, 1, 2], "v": [1.0, 2.0, 3.0]})
out = df.groupby("k").agg({"v": ["mean", "sum", lambda s: s.max() - s.min()]})
results = {"n": len(out)}
