# expect: input | style: listing
import glob
import pandas as pd
frames = [pd.read_csv(f) for f in sorted(glob.glob("run_*.csv"))]
table = pd.concat(frames) if frames else pd.DataFrame()
results = {"n": len(table)}
