# expect: artifact, input | style: data-name
import pandas as pd
df = pd.read_csv("data.csv")
for column in df.columns:
    ax = df[column].plot()
    ax.figure.savefig(f"{column}.png")
results = {"n": len(df.columns)}
