# /// pyexec-recipe
# title = "Cumulative sum"
# description = "The running total of a column, and when half of it was reached."
# phrases = [
#   "cumulative sum",
#   "running total",
#   "accumulated total",
#   "cumulative plot",
#   "total so far",
#   "how does it add up",
#   "when was half reached",
#   "accumulate over time",
#   "add everything up",
#   "sum up over time",
#   "adding one after the other",
#   "total amount until each year",
#   "how much has passed in total",
#   "when had half of it gone by",
#   "by what year was half of it reached",
#   "running sum",
#   "keep adding it up",
#   "total since the beginning",
#   "sum up year after year",
#   "all of it together as time goes by",
#   "cumulated departures from the mean",
#   "how much altogether up to each date",
#   "stack it up over time",
#   "tally year after year",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMN = { kind = "column", type = "numeric" }
# TIME = { kind = "column", type = "datetime", optional = true }
# TIME_FORMAT = { kind = "time_format", of = "TIME" }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMN = "co2_ppm"
TIME = "date"
TIME_FORMAT = "ISO8601"

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
if TIME is None:
    values.index = pd.RangeIndex(1, len(values) + 1, name="row")
else:
    times = pd.to_datetime(table[TIME].str.strip(), format=TIME_FORMAT, errors="coerce", utc=True)
    values.index = pd.DatetimeIndex(times).tz_localize(None)
    values = values[values.index.notna()].sort_index()
measured = values.dropna()
if len(measured) < 1:
    raise ValueError(f"{COLUMN!r} has {len(measured)} usable values; 1 are needed")

total = measured.cumsum()
# meaningful where nothing is taken away again
half = total.index[int(np.argmax(total.to_numpy() >= total.iloc[-1] / 2))] if (measured >= 0).all() and total.iloc[-1] > 0 else None

figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.plot(total.index, total, color="C0", linewidth=1.6)
axes.fill_between(total.index, total, color="C0", alpha=0.12)
if half is not None:
    axes.axvline(half, color="C3", linestyle="--", label="half of the total")
    axes.legend()
axes.set(title=f"{COLUMN}: running total", xlabel=TIME or "row", ylabel=f"sum of {COLUMN}")
total.rename(COLUMN).to_csv("cumulative.csv")

results = {
    "values": len(measured),
    "missing": len(table) - len(measured),
    f"total_{COLUMN}": total.iloc[-1],
    "half_reached_at": half,
    "file": "cumulative.csv",
}
print(f"The total of {COLUMN} is {total.iloc[-1]:.6g}; the running total is in cumulative.csv.")
