# expect: none | style: getattr-method-loop
import pandas as pd
s = pd.Series([1, 2, 3])
results = {m: float(getattr(s, m)()) for m in ["mean", "std", "sum"]}
