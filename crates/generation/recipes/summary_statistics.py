# /// pyexec-recipe
# title = "Summary statistics"
# description = "Count, mean, median, standard deviation, minimum, maximum and quartiles of columns."
# phrases = [
#   "summary statistics",
#   "summarise the data",
#   "describe the data",
#   "give me an overview of the data",
#   "what is the mean",
#   "what is the average",
#   "mean and standard deviation",
#   "median and quartiles",
#   "minimum and maximum",
#   "how much does it vary",
#   "how much does it scatter",
#   "basic statistics",
#   "key figures",
#   "how big is it typically",
#   "basic numbers",
#   "what is in the file",
#   "quick look at the numbers",
#   "typical value, smallest and largest",
#   "standard error of the mean",
#   "range of the values",
#   "basics",
#   "main numbers",
#   "the usual numbers",
#   "average, lowest, highest and spread",
#   "facts about the numbers",
#   "count, mean and standard deviation",
#   "average and spread",
#   "spread around the mean",
#   "in a few numbers",
#   "how large are they on average",
#   "typical size",
#   "overall average",
#   "rough picture of the numbers",
#   "middle and spread",
#   "how precise is the mean",
#   "how much do the readings vary around their mean",
#   "the essentials",
#   "middle value",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMNS = { kind = "column", type = "numeric", plural = true }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMNS = ["co2_ppm"]

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

plt.rcParams.update({"axes.grid": True, "grid.alpha": 0.25, "axes.spines.top": False, "axes.spines.right": False})
plt.rcParams["text.parse_math"] = False  # a column may be called `$x`


def numbers(column):
    """The column as numbers; what is none, or infinite, is missing."""
    values = pd.to_numeric(column.str.replace(DECIMAL, ".", regex=False), errors="coerce")
    return values.replace([np.inf, -np.inf], np.nan)


table = pd.read_csv(INPUT, sep=SEPARATOR, dtype=str)
columns = table[COLUMNS].apply(numbers)
columns = columns.loc[:, columns.notna().any()]
if columns.empty:
    raise ValueError(f"no numbers in {COLUMNS}")

summary = columns.describe().T
results = {"rows": len(table)}
for name, row in summary.iterrows():
    results[name] = {
        "values": int(row["count"]),
        "missing": int(len(table) - row["count"]),
        "mean": row["mean"],
        "standard_deviation": row["std"],
        "minimum": row["min"],
        "lower_quartile": row["25%"],
        "median": row["50%"],
        "upper_quartile": row["75%"],
        "maximum": row["max"],
    }
    print(f"{name}: mean {row['mean']:.6g}, from {row['min']:.6g} to {row['max']:.6g}")

shown = list(columns)[:6]
figure, panels = plt.subplots(len(shown), 1, figsize=(9, 1.2 + 2.2 * len(shown)), layout="constrained", squeeze=False)
for axes, name in zip(panels[:, 0], shown):
    row = summary.loc[name]
    axes.hist(columns[name].dropna(), bins=min(60, max(8, int(row["count"] ** 0.5))), color="0.75")
    axes.axvspan(row["25%"], row["75%"], color="C0", alpha=0.15, label="middle half")
    axes.axvline(row["mean"], color="C0", label=f"mean {row['mean']:.4g}")
    axes.axvline(row["50%"], color="C1", linestyle="--", label=f"median {row['50%']:.4g}")
    axes.set(xlabel=name, ylabel="values")
    axes.legend()
figure.suptitle("Summary")
