# expect: none | style: query-with-function
import numpy as np
import pandas as pd
df = pd.DataFrame({"a": [1.0, 4.0]})
limits = {"lo": 2.0}
lo = limits["lo"]
def scaled(v):
    return v * 2
results = {"n": len(df.query("a > @lo and a < @scaled(@lo) + 9 and a > @np.sqrt(1)"))}
