# /// pyexec-recipe
# title = "Mean and trend"
# description = "The mean of a column and the straight-line trend through it over time, with a plot."
# phrases = [
#   "is there a trend",
#   "what is the mean and the trend",
#   "mean and trend with a plot",
#   "linear trend over time",
#   "how has it evolved",
#   "how has it changed over time",
#   "change through the years",
#   "does it go up or down",
#   "is it increasing or decreasing",
#   "is it rising or falling",
#   "long-term trend",
#   "average and trend",
#   "how did it develop",
#   "is it getting higher",
#   "is it drifting",
#   "is it growing",
#   "is it going up",
#   "is it going down and by how much",
#   "did it get less over the years",
#   "has it become more",
#   "is it getting worse or better",
#   "is the trend significant or just noise",
#   "does it rise in the long run",
#   "is there a steady rise",
#   "how much does it go up per year",
#   "rise per year",
#   "slope over time",
#   "is there a slow change in one direction",
#   "overall slope and average",
#   "in the long run up or down",
#   "is it declining over the decades",
#   "does it rise steadily",
#   "is it drying up",
#   "getting warmer or colder",
#   "does it creep upward",
#   "is it on the rise",
#   "long haul",
#   "slope against time and the average",
#   "is it shrinking",
#   "drift in one direction",
#   "does it drift as time goes on",
#   "are they higher now than in the past",
#   "more than it used to be",
#   "by how much has it gone up over the years",
#   "is it constant over time or changing",
#   "rising or steady",
#   "is it stable over time",
#   "mean and slope",
#   "rise or fall over the whole record",
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
from scipy import stats

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

if TIME is None:
    unit, elapsed = "row", np.asarray(measured.index, dtype=float)
else:
    seconds = np.asarray((measured.index - measured.index[0]).total_seconds())
    sizes = {"year": 365.25 * 86400, "day": 86400, "hour": 3600, "second": 1}
    unit = next((name for name, size in sizes.items() if seconds[-1] >= 2 * size), "second")
    elapsed = seconds / sizes[unit]
if elapsed[-1] == elapsed[0]:
    raise ValueError("every value has the same time")

line = stats.linregress(elapsed, measured)
residual = measured - (line.intercept + line.slope * elapsed)
# neighbours that resemble each other tell less than their number says: the error of the slope is widened for that
likeness = min(max(residual.autocorr(1), 0.0), 0.99) if residual.std() > 0 and len(measured) > 3 else 0.0
error = line.stderr * np.sqrt((1 + likeness) / (1 - likeness))
clear = bool(abs(line.slope) > 2 * error)

figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.plot(measured.index, measured, color="0.55", linewidth=0.9, marker="." if len(measured) < 200 else "", label=COLUMN)
axes.plot(measured.index, line.intercept + line.slope * elapsed, color="C3", label=f"trend {line.slope:.3g} per {unit}")
axes.axhline(measured.mean(), color="C0", linestyle="--", label=f"mean {measured.mean():.4g}")
axes.set(title=f"{COLUMN}: mean and trend", xlabel=TIME or "row", ylabel=COLUMN)
axes.legend()

results = {
    "values": len(measured),
    "missing": len(table) - len(measured),
    f"mean_{COLUMN}": measured.mean(),
    f"standard_deviation_{COLUMN}": measured.std(),
    f"trend_{COLUMN}_per_{unit}": line.slope,
    f"trend_standard_error_{COLUMN}_per_{unit}": error,
    "trend_is_clear": clear,
    "variance_explained": line.rvalue**2,
    f"change_over_the_record_{COLUMN}": line.slope * (elapsed[-1] - elapsed[0]),
}
direction = "rises" if line.slope > 0 else "falls"
verdict = f"it {direction} by {abs(line.slope):.3g} per {unit}" if clear else "there is no clear trend"
print(f"The mean of {COLUMN} is {measured.mean():.6g}; {verdict}.")
