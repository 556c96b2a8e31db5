# expect: none | style: polars lazy frames
import polars as pl

df = pl.DataFrame({"a": [1, 2, 3], "g": ["x", "y", "x"]})
out = df.lazy().filter(pl.col("a") > 1).group_by("g").agg(pl.col("a").sum()).collect()
df2 = df.with_columns((pl.col("a") * 2).alias("b"))
results = {"rows": out.height, "cols": df2.columns}
