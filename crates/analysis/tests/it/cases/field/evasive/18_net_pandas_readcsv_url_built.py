# expect: net | style: pandas read_csv url built
import pandas as pd

host = "data.example.org"
path = "/".join(["files", "2024", "run.csv"])
df = pd.read_csv("https://" + host + "/" + path)
results = {"rows": len(df)}
