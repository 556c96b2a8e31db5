# expect: fs.read | style: read-excel-abs
import pandas as pd
results = {"n": len(pd.read_excel("/srv/archive/plan.xlsx"))}
