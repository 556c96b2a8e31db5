# expect: none | style: pandas heavy groupby pivot resample eval
import numpy as np
import pandas as pd

idx = pd.date_range("2024-01-01", periods=500, freq="min")
df = pd.DataFrame({"v": np.random.randn(500).cumsum(), "k": np.random.choice(list("abc"), 500)}, index=idx)
df["z"] = df.groupby("k")["v"].transform(lambda s: (s - s.mean()) / s.std())
p = df.pivot_table(index=df.index.hour, columns="k", values="v", aggfunc=["mean", "max"])
sel = df.query("z > 1 and k == 'a'")
ev = df.eval("w = v * 2")
threshold = 0.5
sel2 = df.query("v > @threshold")
pipe = df.pipe(lambda d: d[d.v > 0]).apply(np.sqrt, axis=0, raw=False) if False else df
results = {"n": len(sel), "m": len(sel2), "cols": list(map(str, p.columns))[:3], "w": float(ev.w.sum())}
