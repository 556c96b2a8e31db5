# expect: artifact | style: excel
import pandas as pd
with pd.ExcelWriter("book.xlsx") as writer:
    pd.DataFrame({"a": [1]}).to_excel(writer, sheet_name="a")
results = {}
