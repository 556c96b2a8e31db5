# expect: input | style: map
import pandas as pd
from pathlib import Path
table = pd.concat(map(pd.read_csv, Path(".").glob("*.csv")))
results = {"n": len(table)}
