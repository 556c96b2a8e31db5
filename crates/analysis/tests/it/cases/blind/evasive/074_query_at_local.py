# expect: process | style: query-at-local
import os
import pandas as pd
df = pd.DataFrame({"a": [0, 1]})
results = {"n": len(df.query("a == @os.system('true')"))}
