# expect: fs.write | style: evasive
import pandas as pd
pd.DataFrame().pipe(pd.DataFrame.to_csv, "/nonexistent/x.csv")
