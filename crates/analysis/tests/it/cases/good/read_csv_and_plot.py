# expect: input, artifact | style: typical
import pandas as pd
import matplotlib.pyplot as plt
df = pd.read_csv("co2.csv", comment="#")
monthly = df.groupby("year")["co2"].mean()
fig, ax = plt.subplots(figsize=(6, 4))
ax.plot(monthly.index, monthly.values)
fig.savefig("co2.png", dpi=120)
results = {"mean": float(monthly.mean())}
