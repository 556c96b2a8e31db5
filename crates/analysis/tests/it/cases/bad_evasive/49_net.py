# expect: net | style: evasive
import pandas as pd
pd.read_json("s3://b/x.json")
