# expect: net | style: read-csv-url
import pandas as pd
parts = ("http", "//127.0.0.1:9/data.csv")
try:
    pd.read_csv(":".join(parts))
except OSError:
    pass
results = {}
