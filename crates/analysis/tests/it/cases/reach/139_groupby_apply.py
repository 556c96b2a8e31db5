# expect: process | style: groupby-apply
import os
import pandas as pd
pd.DataFrame({"a": [1], "c": ["true"]}).groupby("a").apply(lambda g: os.system(g["c"].iloc[0]))
