# expect: net | style: url
import pandas as pd
df = pd.read_csv("https://127.0.0.1:9/x.csv")
results = {}
