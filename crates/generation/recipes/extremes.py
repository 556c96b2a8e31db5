# /// pyexec-recipe
# title = "Extremes"
# description = "The highest and lowest values of a column and when, or in which row, they were."
# phrases = [
#   "highest and lowest values",
#   "when was it highest",
#   "when was the maximum",
#   "top 5 values",
#   "the largest values",
#   "the smallest values",
#   "record high",
#   "peak values",
#   "bottom 10",
#   "when was the lowest",
#   "extreme values",
#   "biggest ones",
#   "highest ever",
#   "all time low",
#   "on which day was it highest",
#   "most extreme days",
#   "the five highest",
#   "the worst days",
#   "the driest year of all",
#   "when was the peak",
#   "peak and trough",
#   "which year was the wettest",
#   "top five years",
#   "highest ever and lowest ever",
#   "worst year and best year",
#   "the three largest",
#   "fastest one",
#   "record year",
#   "when was the least",
#   "most extreme readings",
#   "how high did it get",
#   "how low did it get",
#   "what was the most",
#   "biggest flood",
#   "which day had the highest",
#   "highest point and when",
#   "lowest point",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMN = { kind = "column", type = "numeric" }
# TIME = { kind = "column", type = "datetime", optional = true }
# TIME_FORMAT = { kind = "time_format", of = "TIME" }
# COUNT = { kind = "number", words = ["top", "highest", "lowest", "largest", "smallest", "bottom", "biggest", "record", "extreme", "peak"], whole = true, above = 0, most = 1000 }
# WHICH = { kind = "choice", options = { highest = ["top", "highest", "largest", "biggest", "maximum", "max", "high", "peak"], lowest = ["bottom", "lowest", "smallest", "minimum", "min", "low"], both = ["both", "extreme", "highest and lowest", "largest and smallest", "biggest and smallest"] } }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMN = "co2_ppm"
TIME = "date"
TIME_FORMAT = "ISO8601"
COUNT = 5
WHICH = "both"

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

number = min(COUNT, len(measured))
# of equal values the first
chosen = {
    "highest": np.argsort(-measured.to_numpy(), kind="stable")[:number],
    "lowest": np.argsort(measured.to_numpy(), kind="stable")[:number],
}
if WHICH != "both":
    chosen = {WHICH: chosen[WHICH]}

figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.plot(measured.index, measured, color="0.65", linewidth=0.8, marker="." if len(measured) < 300 else "", label=COLUMN)
for (name, rows), mark in zip(chosen.items(), ("^", "v")):
    axes.plot(measured.index[rows], measured.iloc[rows], mark, color="C3" if name == "highest" else "C0", label=f"{name} {number}")
axes.set(title=f"{COLUMN}: extremes", xlabel=TIME or "row", ylabel=COLUMN)
axes.legend()

results = {"values": len(measured), "missing": len(table) - len(measured)}
for name, rows in chosen.items():
    results[name] = [{TIME or "row": measured.index[row], COLUMN: measured.iloc[row]} for row in rows]
    print(f"The {name} value of {COLUMN} is {measured.iloc[rows[0]]:.6g}, at {TIME or 'row'} {measured.index[rows[0]]}.")
