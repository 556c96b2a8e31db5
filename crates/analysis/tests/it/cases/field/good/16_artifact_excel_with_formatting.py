# expect: artifact | style: excel with formatting
import pandas as pd
import io
df = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
with pd.ExcelWriter("tables.xlsx", engine="openpyxl") as w:
    df.to_excel(w, sheet_name="raw", index=False)
    df.describe().to_excel(w, sheet_name="stats")
buf = io.BytesIO()
df.to_parquet(buf)
buf.seek(0)
results = {"n": len(pd.read_parquet(buf)), "csv": df.to_csv(index=False)}
