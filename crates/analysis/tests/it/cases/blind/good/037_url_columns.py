# expect: none | style: url-columns
import pandas as pd
df = pd.DataFrame({"url": ["http://a.invalid/x", "http://b.invalid/y"]})
df["host"] = df["url"].str.extract(r"//([^/]+)/")
results = df["host"].value_counts().to_dict()
