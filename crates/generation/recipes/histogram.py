# /// pyexec-recipe
# title = "Histogram"
# description = "How the values of a column are distributed, with skewness, kurtosis and a test against the normal distribution."
# phrases = [
#   "histogram",
#   "distribution of the values",
#   "how are the values distributed",
#   "how are the values spread out",
#   "is it normally distributed",
#   "is it gaussian",
#   "frequency of values",
#   "is it skewed",
#   "density plot",
#   "show a histogram with 20 bins",
#   "normality test",
#   "how often does each value occur",
#   "bell shape",
#   "shape of the distribution",
#   "is it symmetric or lopsided",
#   "are they normal",
#   "how are they spread",
#   "where do most values lie",
#   "how many values fall in each range",
#   "which values come up most often",
#   "how many in each bin",
#   "bars of how often each range occurs",
#   "most common values",
#   "which sizes occur most often",
#   "how frequent are the values",
#   "count the values in ranges",
#   "gaussian looking or not",
#   "shape of the values",
#   "little bars",
#   "tally of the readings",
#   "is there more than one hump",
#   "one hump or two",
#   "are they lopsided to one side",
#   "long tail",
#   "where do they pile up",
#   "frequency distribution",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMN = { kind = "column", type = "numeric" }
# WIDTH = { kind = "number", words = ["range of", "ranges of", "width of", "width", "wide", "bins of", "classes of"], above = 0, optional = true }
# BINS = { kind = "number", words = ["bin", "bar"], whole = true, above = 0, most = 1000, optional = true }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMN = "co2_ppm"
WIDTH = None
BINS = None

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
values = numbers(table[COLUMN]).dropna()
if len(values) < 2:
    raise ValueError(f"{COLUMN!r} has {len(values)} usable values; 2 are needed")

bins = BINS or int(np.clip(len(np.histogram_bin_edges(values.iloc[:100_000], bins="sturges")) - 1, 5, 100))
if WIDTH:
    first, last = np.floor(values.min() / WIDTH), np.floor(values.max() / WIDTH) + 1
    if last - first > 1000:
        raise ValueError(f"bins of {WIDTH} would be {last - first:.0f}; 1000 are the most")
    bins = np.arange(first, last + 1) * WIDTH
counts, edges = np.histogram(values, bins=bins)
fullest = counts.argmax()
varies = values.nunique() > 1
normal_p = stats.normaltest(values).pvalue if varies and len(values) >= 20 else None

figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.stairs(counts, edges, fill=True, alpha=0.6)
if varies:
    grid = np.linspace(edges[0], edges[-1], 300)
    expected = stats.norm.pdf(grid, values.mean(), values.std()) * len(values) * (edges[1] - edges[0])
    axes.plot(grid, expected, color="C3", label="normal distribution")
axes.axvline(values.mean(), color="C0", linestyle="--", label=f"mean {values.mean():.4g}")
axes.set(title=f"{COLUMN}: distribution", xlabel=COLUMN, ylabel="values")
axes.legend()

results = {
    "values": len(values),
    "missing": len(table) - len(values),
    "bins": len(counts),
    "counts": counts,
    f"edges_{COLUMN}": edges,
    "fullest_bin": [edges[fullest], edges[fullest + 1]],
    f"mean_{COLUMN}": values.mean(),
    f"standard_deviation_{COLUMN}": values.std(),
    "skewness": stats.skew(values) if varies else 0.0,
    "excess_kurtosis": stats.kurtosis(values) if varies else None,
    "normal_p_value": normal_p,
}
print(f"Most values of {COLUMN} lie between {edges[fullest]:.4g} and {edges[fullest + 1]:.4g}.")
