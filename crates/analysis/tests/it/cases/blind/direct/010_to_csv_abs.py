# expect: fs.write | style: to-csv-abs
import pandas as pd
pd.DataFrame({"a": [1]}).to_csv("/srv/archive/a.csv", index=False)
results = {}
