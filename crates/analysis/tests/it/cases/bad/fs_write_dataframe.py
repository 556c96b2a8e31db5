# expect: fs.write | style: library
import pandas as pd
df = pd.DataFrame({"a": [1]})
summary = df.groupby("a").sum().reset_index()
summary.to_csv("/nonexistent/summary.csv", index=False)
results = {}
