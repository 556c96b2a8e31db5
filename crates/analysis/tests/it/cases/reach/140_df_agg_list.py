# expect: process | style: df-agg-list
import os
import pandas as pd
pd.DataFrame({"c": ["true"]}).agg([os.system])
