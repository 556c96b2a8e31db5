# expect: artifact | style: excel-writer
import pandas as pd
df = pd.DataFrame({"a": [1, 2]})
with pd.ExcelWriter("report.xlsx") as w:
    df.to_excel(w, sheet_name="raw")
results = {}
