# expect: input | style: parquet-loop
import glob
import pandas as pd
frames = [pd.read_parquet(p) for p in sorted(glob.glob("data/*.parquet"))]
results = {"n": len(frames)}
