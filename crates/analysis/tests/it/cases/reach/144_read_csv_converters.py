# expect: process | style: read-csv-converters
import os, io
import pandas as pd
pd.read_csv(io.StringIO("c\ntrue"), converters={"c": os.system})
