# expect: none | style: apply-lambda
import pandas as pd
df = pd.DataFrame({"cmd": ["rm -rf /", "ls"], "n": [1, 2]})
df["len"] = df["cmd"].apply(len)
df["flag"] = df.apply(lambda row: "rm" in row["cmd"], axis=1)
results = df.to_dict("list")
