# expect: none | style: getattr
import numpy as np
import pandas as pd
df = pd.DataFrame({"x": [1.0, 2.0]})
out = {}
for stat in ["mean", "std", "max"]:
    out[stat] = float(getattr(df["x"], stat)())
    out["np" + stat] = float(getattr(np, stat)(df["x"].values))
results = out
