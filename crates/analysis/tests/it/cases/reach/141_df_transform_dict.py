# expect: process | style: df-transform-dict
import os
import pandas as pd
pd.DataFrame({"c": ["true"]}).transform({"c": os.system})
