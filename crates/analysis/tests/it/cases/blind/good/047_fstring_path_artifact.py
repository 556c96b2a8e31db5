# expect: artifact | style: fstring-path-artifact
import pandas as pd
for name, group in pd.DataFrame({"k": ["a", "b"], "v": [1, 2]}).groupby("k"):
    group.to_csv(f"group_{name}.csv", index=False)
results = {}
