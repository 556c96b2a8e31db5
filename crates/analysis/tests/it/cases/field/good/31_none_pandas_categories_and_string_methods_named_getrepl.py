# expect: none | style: pandas categories and string methods named get/replace/exec columns
import pandas as pd

df = pd.DataFrame({"exec": [0.1, 0.2], "system": ["a", "b"], "eval": [1, 2]})
df["system"] = df["system"].str.replace("a", "os.system").str.get(0)
m = df.loc[:, ["exec", "eval"]].agg(["mean", "std"])
best = df.sort_values("exec").iloc[0].to_dict()
df.insert(0, "delete", [1, 2])
df.drop(columns="delete", inplace=True)
df.pop("eval")
results = {"mean": float(m.loc["mean", "exec"]), "best": str(best)}
