# expect: none | style: to-sql-memory
import sqlite3
import pandas as pd
con = sqlite3.connect(":memory:")
pd.DataFrame({"a": [1, 2]}).to_sql("t", con, index=False)
results = {"s": int(pd.read_sql("select sum(a) s from t", con)["s"][0])}
