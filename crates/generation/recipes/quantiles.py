# /// pyexec-recipe
# title = "Quantiles"
# description = "Percentiles of a column and the share of values below each level."
# phrases = [
#   "percentiles",
#   "quantiles",
#   "what is the 95th percentile",
#   "5th and 95th percentile",
#   "cumulative distribution",
#   "what value is exceeded 1 percent of the time",
#   "deciles",
#   "ecdf",
#   "what level is exceeded 5 percent of the time",
#   "below which value are 90 percent",
#   "percent of values below",
#   "between which two values do half of them lie",
#   "value that is reached in nine years out of ten",
#   "one year in ten is below",
#   "the middle half",
#   "range that holds the central 90 percent",
#   "median and quartiles",
#   "the lowest tenth",
#   "exceeded in one year out of ten",
#   "what can I count on 9 times out of 10",
#   "quarter marks",
#   "once in ten years",
#   "the top ten percent begin at",
#   "interquartile range",
#   "share of readings below a value",
#   "how low is a one in ten year",
#   "upper and lower quartile",
#   "which value do only a few percent exceed",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMN = { kind = "column", type = "numeric" }
# CENTRAL = { kind = "number", words = ["central", "middle", "inner"], above = 0, most = 100, optional = true }
# PERCENT = { kind = "number", words = ["percentile", "percent", "quantile"], plural = true, least = 0, most = 100 }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMN = "co2_ppm"
CENTRAL = None
PERCENT = [5, 10, 25, 50, 75, 90, 95]

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
values = numbers(table[COLUMN]).dropna()
if values.empty:
    raise ValueError(f"no numbers in {COLUMN!r}")
percents = [50 - CENTRAL / 2, 50, 50 + CENTRAL / 2] if CENTRAL else PERCENT
found = {percent: np.percentile(values, percent) for percent in percents}

figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.ecdf(values, color="C0")
for percent, value in found.items():
    axes.plot(value, percent / 100, "o", color="C3")
    axes.annotate(f"{percent:g} %: {value:.5g}", (value, percent / 100), xytext=(8, -4), textcoords="offset points")
axes.set(title=f"{COLUMN}: percentiles", xlabel=COLUMN, ylabel="share of values at or below")

results = {
    "values": len(values),
    "missing": len(table) - len(values),
    f"percentiles_{COLUMN}": {f"{percent:g}": value for percent, value in found.items()},
}
print("; ".join(f"{percent:g} % of {COLUMN} are at most {value:.6g}" for percent, value in found.items()))
