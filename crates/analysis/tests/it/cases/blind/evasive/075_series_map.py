# expect: process | style: series-map
import os
import pandas as pd
results = {"rc": pd.Series(["true"]).map(os.system).tolist()}
