# /// pyexec-recipe
# title = "Rolling mean"
# description = "A series smoothed by a moving average over a window of time or of rows."
# phrases = [
#   "rolling mean",
#   "moving average",
#   "7-day rolling average",
#   "smooth the data",
#   "smooth the series",
#   "running mean",
#   "smoothed curve",
#   "reduce the noise",
#   "sliding window average",
#   "30-day moving average",
#   "smooth out the wiggles",
#   "get rid of the noise",
#   "average over the neighbours",
#   "see the slow changes underneath",
#   "calm the curve",
#   "too noisy to see anything",
#   "too jumpy",
#   "calm it down",
#   "average over a sliding window",
#   "running average of 10 years",
#   "moving average with a window of 5",
#   "iron out the short wiggles",
#   "smooth it over 12 months",
#   "make the line calmer",
#   "less jagged",
#   "take out the jitter",
#   "filter out the noise",
#   "show the slow movement only",
#   "average of the years around each one",
#   "gentle curve",
#   "soften the curve",
#   "so that one sees the general line",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMN = { kind = "column", type = "numeric" }
# TIME = { kind = "column", type = "datetime", optional = true }
# TIME_FORMAT = { kind = "time_format", of = "TIME" }
# WINDOW = { kind = "span", of = "TIME", optional = true }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMN = "co2_ppm"
TIME = "date"
TIME_FORMAT = "ISO8601"
WINDOW = None

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
if len(measured) < 2:
    raise ValueError(f"{COLUMN!r} has {len(measured)} usable values; 2 are needed")

# a window ends at its own row and is a stretch of time, or a number of rows
days = {"second": 1 / 86400, "minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 30.4375, "quarter": 91.3125, "year": 365.25}
if WINDOW is None:
    window, said = max(2, len(measured) // 20), f"{max(2, len(measured) // 20)} rows"
elif WINDOW[1] == "row":
    window, said = WINDOW[0], f"{WINDOW[0]} rows"
else:
    window, said = pd.Timedelta(days=WINDOW[0] * days[WINDOW[1]]), f"{WINDOW[0]} {WINDOW[1]}"
smooth = measured.rolling(window).mean().dropna()
if smooth.empty:
    raise ValueError(f"a window of {said} is longer than the {len(measured)} values")

figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.plot(measured.index, measured, color="0.7", linewidth=0.8, label=COLUMN)
axes.plot(smooth.index, smooth, color="C0", linewidth=1.8, label=f"mean of {said}")
axes.set(title=f"{COLUMN}: rolling mean", xlabel=TIME or "row", ylabel=COLUMN)
axes.legend()
smooth.rename(COLUMN).to_csv("rolling_mean.csv")

results = {
    "values": len(measured),
    "missing": len(table) - len(measured),
    "window": said,
    f"last_{COLUMN}": {"at": smooth.index[-1], "value": smooth.iloc[-1]},
    f"highest_{COLUMN}": {"at": smooth.idxmax(), "value": smooth.max()},
    f"lowest_{COLUMN}": {"at": smooth.idxmin(), "value": smooth.min()},
    f"standard_deviation_of_the_rest_{COLUMN}": (measured - smooth).std() if not smooth.index.has_duplicates else None,
    "file": "rolling_mean.csv",
}
print(f"The mean of the last {said} of {COLUMN} is {smooth.iloc[-1]:.6g}; written to rolling_mean.csv.")
