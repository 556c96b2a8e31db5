# expect: none | style: duckdb in memory
import duckdb
import pandas as pd
df = pd.DataFrame({"a": [1, 2, 3]})
con = duckdb.connect(":memory:")
con.register("t", df)
r = con.execute("select sum(a) from t").fetchall()
results = {"sum": r[0][0]}
