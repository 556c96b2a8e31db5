# /// pyexec-recipe
# title = "Rate of change"
# description = "How fast a series changes from each value to the next, on average and at its fastest."
# phrases = [
#   "rate of change",
#   "how fast does it change",
#   "how quickly does it rise",
#   "growth rate",
#   "derivative",
#   "slope between points",
#   "speed of change",
#   "fastest rise",
#   "steepest drop",
#   "difference from one to the next",
#   "how steep is it",
#   "speed of the rise",
#   "fastest change",
#   "increase from year to year",
#   "how fast is it climbing",
#   "is it speeding up",
#   "does it rise faster and faster",
#   "largest drop from one year to the next",
#   "how much does it move from week to week",
#   "largest jump between neighbours",
#   "is it accelerating",
#   "at what speed",
#   "pace of the rise",
#   "year on year change",
#   "change from one week to the following one",
#   "change from day to day",
#   "growth from year to year",
#   "is the rise getting faster",
#   "differences from year to year",
#   "weekly differences",
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
if len(measured) < 3:
    raise ValueError(f"{COLUMN!r} has {len(measured)} usable values; 3 are needed")

# several values at one time are one value: their mean
measured = measured.groupby(level=0).mean()
if len(measured) < 2:
    raise ValueError("every value has the same time")
if TIME is None:
    unit, elapsed = "row", np.asarray(measured.index, dtype=float)
else:
    seconds = np.asarray((measured.index - measured.index[0]).total_seconds())
    sizes = {"year": 365.25 * 86400, "day": 86400, "hour": 3600, "second": 1}
    unit = next((name for name, size in sizes.items() if seconds[-1] >= 2 * size), "second")
    elapsed = seconds / sizes[unit]

rate = pd.Series(np.diff(measured.to_numpy()) / np.diff(elapsed), index=measured.index[1:])
overall = (measured.iloc[-1] - measured.iloc[0]) / (elapsed[-1] - elapsed[0])

figure, (upper, lower) = plt.subplots(2, 1, figsize=(9, 6), layout="constrained", sharex=True)
upper.plot(measured.index, measured, color="C0", linewidth=1)
upper.set(title=f"{COLUMN}: rate of change", ylabel=COLUMN)
lower.plot(rate.index, rate, color="0.5", linewidth=0.8)
lower.axhline(overall, color="C3", label=f"overall {overall:.3g} per {unit}")
lower.set(xlabel=TIME or "row", ylabel=f"change per {unit}")
lower.legend()

key = f"{COLUMN}_per_{unit}"
results = {
    "values": len(measured),
    "missing": len(table) - len(measured),
    f"overall_{key}": overall,
    f"median_{key}": rate.median(),
    f"standard_deviation_{key}": rate.std(),
    "fastest_rise": {"at": rate.idxmax(), key: rate.max()},
    "fastest_fall": {"at": rate.idxmin(), key: rate.min()},
    "share_rising": float((rate > 0).mean()),
}
print(f"{COLUMN} changes by {overall:.4g} per {unit} overall; fastest rise at {rate.idxmax()}, fastest fall at {rate.idxmin()}.")
