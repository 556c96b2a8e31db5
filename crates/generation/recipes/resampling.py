# /// pyexec-recipe
# title = "Resampling"
# description = "A series brought to regular steps: a mean (or sum, median, maximum …) for each day, week, month or year."
# phrases = [
#   "resample to monthly means",
#   "monthly averages",
#   "weekly averages",
#   "daily means",
#   "yearly totals",
#   "quarterly means",
#   "maximum per year",
#   "minimum each day",
#   "total per week",
#   "median per month",
#   "annual mean",
#   "average per month",
#   "mean for each year",
#   "aggregate by week",
#   "hourly values",
#   "downsample",
#   "convert to monthly",
#   "one value per month",
#   "monthly values",
#   "a value for each week",
#   "decade averages",
#   "mean per decade",
#   "mean over each decade",
#   "coarser time steps",
#   "turn days into months",
#   "boil down to one number per day",
#   "turn weekly values into monthly ones",
#   "bring it onto a regular grid",
#   "one row per month",
#   "condense to years",
#   "average it down to years",
#   "one line per year",
#   "decade by decade",
#   "too fine, only one per year",
#   "mean of every year",
#   "by month",
#   "collapse to annual values",
#   "coarser grid",
#   "reduce to yearly numbers",
#   "month by month",
#   "a table with one number for each year",
#   "totals for each year",
#   "thin it out to one per week",
#   "in ten-year blocks",
#   "chunks of a week",
#   "values in steps of a day",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMN = { kind = "column", type = "numeric" }
# TIME = { kind = "column", type = "datetime" }
# TIME_FORMAT = { kind = "time_format", of = "TIME" }
# EVERY = { kind = "span", of = "TIME" }
# STATISTIC = { kind = "choice", options = { mean = ["mean", "average"], median = ["median"], sum = ["sum", "total"], max = ["max", "maximum", "highest"], min = ["min", "minimum", "lowest"], count = ["count", "how many", "number of"], std = ["standard deviation", "spread", "std"] } }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMN = "co2_ppm"
TIME = "date"
TIME_FORMAT = "ISO8601"
EVERY = [1, "month"]
STATISTIC = "mean"

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
values = numbers(table[COLUMN])
times = pd.to_datetime(table[TIME].str.strip(), format=TIME_FORMAT, errors="coerce", utc=True)
values.index = pd.DatetimeIndex(times).tz_localize(None)
values = values[values.index.notna()].sort_index()
measured = values.dropna()
if len(measured) < 1:
    raise ValueError(f"{COLUMN!r} has {len(measured)} usable values; 1 are needed")

count, unit = EVERY
steps = {"second": "s", "minute": "min", "hour": "h", "day": "D", "week": "W", "month": "MS", "quarter": "QS", "year": "YS"}
groups = measured.resample(f"{count}{steps[unit]}")
regular = groups.agg(STATISTIC)
regular[groups.count() == 0] = np.nan
regular.index.name = TIME

label = f"{STATISTIC} of {COLUMN} per {unit}" if count == 1 else f"{STATISTIC} of {COLUMN} per {count} {unit}s"
figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
if STATISTIC in ("mean", "median", "min", "max"):
    axes.plot(measured.index, measured, color="0.75", linewidth=0.7, label=COLUMN)
axes.plot(regular.index, regular, color="C0", marker="." if len(regular) < 200 else "", label=label)
axes.set(title=label, xlabel=TIME, ylabel=COLUMN)
axes.legend()
regular.rename(COLUMN).to_csv("resampled.csv")

known = regular.dropna()
results = {
    "values": len(measured),
    "steps": len(regular),
    "steps_without_value": int(regular.isna().sum()),
    "step": f"{count} {unit}",
    "statistic": STATISTIC,
    f"highest_{COLUMN}": {"at": known.idxmax(), "value": known.max()},
    f"lowest_{COLUMN}": {"at": known.idxmin(), "value": known.min()},
    f"first_{COLUMN}": {"at": known.index[0], "value": known.iloc[0]},
    f"last_{COLUMN}": {"at": known.index[-1], "value": known.iloc[-1]},
    "file": "resampled.csv",
}
print(f"{len(regular)} steps, {label}; written to resampled.csv.")
