# /// pyexec-recipe
# title = "Group by"
# description = "A numeric column compared between the groups that another column names: count, mean, spread, and whether the groups differ."
# phrases = [
#   "mean for each group",
#   "group by category",
#   "average by group",
#   "compare the groups",
#   "per group statistics",
#   "differences between groups",
#   "which group is highest",
#   "do the groups differ",
#   "break down by category",
#   "split by",
#   "for each category",
#   "anova",
#   "which group has the largest",
#   "which group is best",
#   "value for each group with its spread",
#   "does one group differ from the others",
#   "are all groups the same",
#   "compare the sites",
#   "break it down by group",
#   "do the sets agree with one another",
#   "which set reads highest",
#   "is the first group different from the last",
#   "is one group off from the others",
#   "per site",
#   "one number for each group",
#   "do all groups give the same result",
#   "did one group do better",
#   "separate the groups",
#   "values of every group next to each other",
#   "how do the groups compare",
#   "is there a difference between the groups",
#   "rank the groups",
#   "do the series of measurements agree among themselves",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# GROUP = { kind = "column", type = "group", words = ["by", "per", "each", "between", "across", "every", "which"] }
# COLUMN = { kind = "column", type = "numeric" }
# STATISTIC = { kind = "choice", options = { mean = ["mean", "average"], median = ["median"], sum = ["sum", "total"], max = ["max", "maximum"], min = ["min", "minimum"], count = ["count", "how many", "number of"], std = ["standard deviation", "std"] } }
# ///

INPUT = "michelson_speed_of_light.csv"
SEPARATOR = ","
DECIMAL = "."
GROUP = "experiment"
COLUMN = "speed_km_s"
STATISTIC = "mean"

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

plt.rcParams.update({"axes.grid": True, "grid.alpha": 0.25, "axes.spines.top": False, "axes.spines.right": False})
plt.rcParams["text.parse_math"] = False  # a column may be called `$x`


def numbers(column):
    """The column as numbers; what is none, or infinite, is missing."""
    values = pd.to_numeric(column.str.replace(DECIMAL, ".", regex=False), errors="coerce")
    return values.replace([np.inf, -np.inf], np.nan)


table = pd.read_csv(INPUT, sep=SEPARATOR, dtype=str)
table[COLUMN] = numbers(table[COLUMN])
rows = table.dropna(subset=[GROUP, COLUMN])
if rows.empty:
    raise ValueError(f"no row has both {GROUP!r} and {COLUMN!r}")
groups = rows.groupby(GROUP, sort=False)[COLUMN]
summary = groups.agg(["count", "mean", "std", "median", "min", "max", "sum"])
ranked = summary[STATISTIC].sort_values(ascending=False, kind="stable")

several = [values for _, values in groups if len(values) > 1]
variance_ratio = p_value = None
if len(several) > 1 and any(values.nunique() > 1 for values in several):
    # One-way analysis of variance: F and its p-value.
    variance_ratio, p_value = stats.f_oneway(*several)

shown = list(summary.index) if len(summary) <= 15 else list(ranked.index[:15])
figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
values = dict(iter(groups))
axes.boxplot([values[name] for name in shown], tick_labels=[str(name) for name in shown], showmeans=True)
axes.set(title=f"{COLUMN} by {GROUP}" + ("" if len(shown) == len(summary) else f": the first 15 of {len(summary)}"), xlabel=GROUP, ylabel=COLUMN)
if max(len(str(name)) for name in shown) > 8:
    axes.tick_params(axis="x", labelrotation=45)

results = {
    "rows": len(rows),
    "rows_left_out": len(table) - len(rows),
    "groups": {
        str(name): {"values": int(row["count"]), "mean": row["mean"], "standard_deviation": row["std"], "median": row["median"], "minimum": row["min"], "maximum": row["max"], "sum": row["sum"]}
        for name, row in summary.iterrows()
    },
    f"highest_{STATISTIC}": str(ranked.index[0]),
    f"lowest_{STATISTIC}": str(ranked.index[-1]),
    "equal_means_f": variance_ratio,
    "equal_means_p_value": p_value,
}
print(f"The {STATISTIC} of {COLUMN} is highest for {GROUP} {ranked.index[0]} ({ranked.iloc[0]:.6g}) and lowest for {ranked.index[-1]} ({ranked.iloc[-1]:.6g}).")
