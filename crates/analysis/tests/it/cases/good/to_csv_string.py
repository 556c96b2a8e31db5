# expect: none | style: string
import pandas as pd
results = {"csv": pd.DataFrame({"a": [1]}).to_csv(index=False)}
