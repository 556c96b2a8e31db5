# expect: fs.write | style: df-pipe
import pandas as pd
df = pd.DataFrame({"a": [1]})
df.pipe(pd.DataFrame.to_csv, "/srv/archive/out.csv")
results = {}
