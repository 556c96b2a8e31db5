# /// pyexec-recipe
# title = "Autocorrelation"
# description = "How much a series resembles itself some steps later, and how long its memory is."
# phrases = [
#   "autocorrelation",
#   "serial correlation",
#   "does it depend on the previous value",
#   "memory of the series",
#   "correlation with itself",
#   "are successive values independent",
#   "lag correlation",
#   "is it random noise",
#   "does this value tell about the next one",
#   "how long does it remember",
#   "dependence on its past",
#   "does a high year follow a high year",
#   "does one year depend on the year before",
#   "is this week a guide to the next week",
#   "does one reading influence the next",
#   "are consecutive readings independent",
#   "does it carry over to the next year",
#   "does a wet year tend to follow a wet one",
#   "persistence",
#   "is today like yesterday",
#   "how alike are neighbouring years",
#   "does the past matter for the next value",
#   "correlated with the previous one",
#   "runs of high years",
#   "knowing this year, what about next year",
#   "short memory or long memory",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMN = { kind = "column", type = "numeric" }
# TIME = { kind = "column", type = "datetime", optional = true }
# TIME_FORMAT = { kind = "time_format", of = "TIME" }
# LAGS = { kind = "number", words = ["lag"], whole = true, above = 0, most = 10000, optional = true }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMN = "co2_ppm"
TIME = "date"
TIME_FORMAT = "ISO8601"
LAGS = None

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
if len(measured) < 8:
    raise ValueError(f"{COLUMN!r} has {len(measured)} usable values; 8 are needed")

if TIME is not None:  # even steps, as far as the times allow; gaps stay gaps
    measured = measured.groupby(level=0).mean()
    step = measured.index.to_series().diff().median()
    series = measured.resample(step).mean() if step > pd.Timedelta(0) else measured
    if len(series) > 1_000_000:
        raise ValueError("the times are too uneven to be brought to equal steps")
    step_said = str(step)
else:
    series, step_said = values, "1 row"

lags = min(LAGS or max(10, len(series) // 4), len(series) - 3, LAGS or 400)
centred = (series - series.mean()).to_numpy()
variance = np.nanmean(centred**2)
if not variance > 0:
    raise ValueError(f"{COLUMN!r} does not vary")
correlation = np.array([1.0] + [np.nanmean(np.append(centred[:-lag] * centred[lag:], np.nan)) / variance if np.isfinite(centred[:-lag] * centred[lag:]).any() else np.nan for lag in range(1, lags + 1)])
noise = 1.96 / np.sqrt(len(measured))
quiet = np.flatnonzero(np.abs(correlation) < noise)

figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.vlines(range(len(correlation)), 0, correlation, color="C0")
axes.axhspan(-noise, noise, color="0.5", alpha=0.2, label="expected of independent values")
axes.axhline(0, color="0.4", linewidth=0.8)
axes.set(title=f"{COLUMN}: autocorrelation", xlabel=f"lag in steps of {step_said}", ylabel="correlation")
axes.legend()

results = {
    "values": len(measured),
    "step": step_said,
    "lag_1": correlation[1],
    "independent": bool(abs(correlation[1]) < noise),
    "limit_for_independent_values": noise,
    "memory_in_steps": int(quiet[0]) if len(quiet) else None,
    "correlation": correlation,
}
print(f"The correlation of {COLUMN} with its next value is {correlation[1]:.3f}.")
