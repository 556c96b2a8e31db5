# expect: fs.read | style: library
import pandas as pd
results = {"n": len(pd.read_csv("/nonexistent/data.csv"))}
