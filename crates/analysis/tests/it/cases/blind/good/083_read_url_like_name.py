# expect: input | style: read-url-like-name
import pandas as pd
df = pd.read_csv("http_requests.csv", usecols=["url", "status"])
results = df["status"].value_counts().to_dict()
