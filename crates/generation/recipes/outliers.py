# /// pyexec-recipe
# title = "Outliers"
# description = "Values that stand out from their neighbours (or, without times, from the median), by robust standard deviations."
# phrases = [
#   "find outliers",
#   "detect anomalies",
#   "are there spikes",
#   "unusual measurements",
#   "strange points",
#   "which values look wrong",
#   "suspicious readings",
#   "bad data points",
#   "anything odd in the data",
#   "values that stand out",
#   "glitches",
#   "values that do not belong",
#   "points far from the others",
#   "readings that went wrong",
#   "mistakes in the readings",
#   "what does not fit in",
#   "anything off",
#   "which one should I throw out",
#   "is there a reading to discard",
#   "check for errors in the readings",
#   "values that are way off",
#   "one point that is not like the others",
#   "does one reading stand apart from the rest",
#   "is there a wrong entry",
#   "something fishy",
#   "measurements I cannot trust",
#   "values too high or too low to be true",
#   "readings gone astray",
#   "points to leave out before the analysis",
#   "stray points",
#   "obvious blunders",
#   "which years are exceptional",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMN = { kind = "column", type = "numeric" }
# TIME = { kind = "column", type = "datetime", optional = true }
# TIME_FORMAT = { kind = "time_format", of = "TIME" }
# LIMIT = { kind = "number", words = ["sigma", "standard deviation", "limit", "threshold"], above = 0 }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMN = "co2_ppm"
TIME = "date"
TIME_FORMAT = "ISO8601"
LIMIT = 3.5

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
if len(measured) < 5:
    raise ValueError(f"{COLUMN!r} has {len(measured)} usable values; 5 are needed")

# what a value is compared with: its neighbourhood where there is an order in time, else everything
if TIME is None:
    level = pd.Series(measured.median(), index=measured.index)
else:
    level = measured.rolling(min(11, len(measured)), center=True, min_periods=3).median()
residual = measured - level
spread = stats.median_abs_deviation(residual, scale="normal")
if spread == 0:  # more than half of the values are on their level exactly
    spread = 1.2533 * residual.abs().mean()
score = residual / spread if spread > 0 else residual * 0.0
outlying = (score.abs() > LIMIT).to_numpy()
outliers = measured[outlying]

figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.plot(measured.index, measured, ".", markersize=3, color="0.55", label=COLUMN)
axes.plot(outliers.index, outliers, "o", fillstyle="none", markersize=9, color="C3", label=f"{len(outliers)} outliers")
axes.fill_between(measured.index, level - LIMIT * spread, level + LIMIT * spread, color="C0", alpha=0.15, label=f"within {LIMIT:g} robust standard deviations")
axes.set(title=f"{COLUMN}: outliers", xlabel=TIME or "row", ylabel=COLUMN)
axes.legend()

strongest = np.argsort(-score.abs().to_numpy()[outlying], kind="stable")[:50]
results = {
    "values": len(measured),
    "missing": len(table) - len(measured),
    "outliers": len(outliers),
    f"robust_standard_deviation_{COLUMN}": spread,
    "limit_in_standard_deviations": LIMIT,
    "strongest": [
        {TIME or "row": outliers.index[i], COLUMN: outliers.iloc[i], "score": round(score[outlying].iloc[i], 2)} for i in strongest
    ],
}
print(f"{len(outliers)} of {len(measured)} values of {COLUMN} stand out by more than {LIMIT:g} robust standard deviations.")
