# expect: none | style: df-eval-multi
import numpy as np
import pandas as pd
df = pd.DataFrame({"u": np.arange(4.0), "i": 2.0})
df = df.eval("p = u * i\nr = u / i")
limit = 2
hot = df.query("p > @limit and r < 10")
results = {"hot": len(hot)}
