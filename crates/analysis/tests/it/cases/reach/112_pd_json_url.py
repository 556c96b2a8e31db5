# expect: net | style: pd-json-url
import pandas as pd
url = "".join(["https", "://", "a.invalid/x.json"])
pd.read_json(url)
