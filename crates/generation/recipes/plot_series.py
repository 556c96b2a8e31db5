# /// pyexec-recipe
# title = "Plot"
# description = "Columns drawn as they are, over time or in the order of the rows."
# phrases = [
#   "plot the data",
#   "show me the data",
#   "draw a line chart",
#   "draw a graph",
#   "time series plot",
#   "plot it over time",
#   "visualise the data",
#   "just plot it",
#   "make a chart",
#   "show the curve",
#   "what does it look like",
#   "draw a picture",
#   "plot the raw data",
#   "just a picture",
#   "over the years",
#   "ups and downs over the years",
#   "just show me the curve",
#   "let me see it",
#   "a picture of it",
#   "line graph",
#   "show it on a graph",
#   "in the order they were taken",
#   "show the values one after the other",
#   "look at it with my eyes",
#   "what does the curve look like",
#   "draw it over time",
#   "graph of the values",
#   "simple plot",
#   "just show it",
#   "sketch it",
#   "plot the values in their order",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMNS = { kind = "column", type = "numeric", plural = true }
# TIME = { kind = "column", type = "datetime", optional = true }
# TIME_FORMAT = { kind = "time_format", of = "TIME" }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMNS = ["co2_ppm"]
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
columns = table[COLUMNS].apply(numbers)
if TIME is None:
    columns.index = pd.RangeIndex(1, len(columns) + 1)
else:
    times = pd.to_datetime(table[TIME].str.strip(), format=TIME_FORMAT, errors="coerce", utc=True)
    columns.index = pd.DatetimeIndex(times).tz_localize(None)
    columns = columns[columns.index.notna()].sort_index()
columns = columns.loc[:, columns.notna().any()]
if columns.empty:
    raise ValueError(f"no numbers in {COLUMNS}")

shown = list(columns)[:8]
figure, panels = plt.subplots(len(shown), 1, figsize=(9, 2 + 2.2 * len(shown)), layout="constrained", sharex=True, squeeze=False)
for number, (axes, name) in enumerate(zip(panels[:, 0], shown)):
    axes.plot(columns.index, columns[name], color=f"C{number}", linewidth=1, marker="." if len(columns) < 300 else "")
    axes.set(ylabel=name)
panels[-1, 0].set(xlabel=TIME or "row")
figure.suptitle(", ".join(shown))

results = {"rows": len(table), "from": columns.index[0], "to": columns.index[-1]}
for name in columns:
    known = columns[name].dropna()
    results[name] = {"values": len(known), "minimum": known.min(), "maximum": known.max(), "first": known.iloc[0], "last": known.iloc[-1]}
print(f"Drawn: {', '.join(shown)}; {len(table)} rows.")
