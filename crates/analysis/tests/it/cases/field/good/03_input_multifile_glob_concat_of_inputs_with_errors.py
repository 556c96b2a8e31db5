# expect: input | style: multi-file glob concat of inputs with errors
import glob
import os
import pandas as pd

frames = []
for path in sorted(glob.glob("*.csv")):
    try:
        f = pd.read_csv(path, comment="#", parse_dates=["time"])
    except (ValueError, pd.errors.ParserError) as e:
        print(f"skip {path}: {e}")
        continue
    f["source"] = os.path.splitext(os.path.basename(path))[0]
    frames.append(f)
data = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
results = {"rows": len(data), "files": len(frames)}
