# expect: input | style: uses __file__ and cwd for reading sibling input
import os
from pathlib import Path
import pandas as pd

HERE = Path(__file__).parent
candidates = [HERE / "data.csv", Path.cwd() / "data.csv", Path("data.csv")]
path = next((c for c in candidates if c.exists()), Path("data.csv"))
df = pd.read_csv(path)
results = {"rows": len(df), "name": os.path.basename(path)}
