# /// pyexec-recipe
# title = "Change points"
# description = "Moments at which the level of a series shifts, found one after the other as long as each is worth its cost."
# phrases = [
#   "change points",
#   "when did it change suddenly",
#   "abrupt change",
#   "level shift",
#   "is there a jump",
#   "step change",
#   "structural break",
#   "when did the level change",
#   "regime change",
#   "sudden shift",
#   "sudden drop or rise",
#   "did something happen",
#   "detect steps",
#   "breakpoints",
#   "when did the level shift",
#   "switch from one level to another",
#   "moment when it changed",
#   "before and after",
#   "sudden jump",
#   "when did it get lower all at once",
#   "did it drop at once",
#   "sudden change of level",
#   "turning point",
#   "since which year is it suddenly lower",
#   "in which year did it drop to a new level",
#   "is there a break in the record",
#   "where would you split the series in two",
#   "cut the series where it changes",
#   "did it settle at a new level",
#   "two periods with different levels",
#   "when did it switch",
#   "is there a step in it",
#   "from when on was it different",
#   "sudden fall and never came back",
#   "was there a turning point",
#   "did it change all at once",
#   "jump in the data",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMN = { kind = "column", type = "numeric" }
# TIME = { kind = "column", type = "datetime", optional = true }
# TIME_FORMAT = { kind = "time_format", of = "TIME" }
# MOST = { kind = "number", words = ["change", "change point", "break", "shift", "step", "jump"], whole = true, above = 0, most = 100 }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMN = "co2_ppm"
TIME = "date"
TIME_FORMAT = "ISO8601"
MOST = 5

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
if len(measured) < 6:
    raise ValueError(f"{COLUMN!r} has {len(measured)} usable values; 6 are needed")

x = measured.to_numpy()
count = len(x)
shortest = max(3, count // 50)
sums, squares = np.concatenate([[0], np.cumsum(x - x.mean())]), np.concatenate([[0], np.cumsum((x - x.mean()) ** 2)])


def cost(start, end):
    """Squared deviation of x[start:end] from its own mean."""
    return squares[end] - squares[start] - (sums[end] - sums[start]) ** 2 / (end - start)


def best_split(start, end):
    """What the best split of x[start:end] gains, and where it is."""
    at = np.arange(start + shortest, end - shortest + 1)
    if len(at) == 0:
        return 0.0, None
    gain = cost(start, end) - cost(start, at) - cost(at, end)
    return gain.max(), int(at[gain.argmax()])


def noise(bounds):
    """Variance of what the levels leave; neighbours that resemble each other make it count for more."""
    rest = np.concatenate([x[a:b] - x[a:b].mean() for a, b in zip(bounds, bounds[1:])])
    likeness = np.clip(np.corrcoef(rest[:-1], rest[1:])[0, 1], 0, 0.95) if rest.std() > 0 else 0.0
    return rest.var() * (1 + likeness) / (1 - likeness)


bounds = [0, count]
for _ in range(MOST):
    gain, at = max((best_split(a, b) for a, b in zip(bounds, bounds[1:])), key=lambda split: split[0])
    if at is None:
        break
    tried = sorted([*bounds, at])
    if gain <= 3 * np.log(count) * noise(tried) or gain <= 1e-12 * squares[-1]:
        break
    bounds = tried

levels = [x[a:b].mean() for a, b in zip(bounds, bounds[1:])]
figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.plot(measured.index, measured, color="0.6", linewidth=0.9, marker="." if count < 300 else "", label=COLUMN)
for number, (start, end, level) in enumerate(zip(bounds, bounds[1:], levels)):
    axes.hlines(level, measured.index[start], measured.index[end - 1], color="C3", linewidth=2, label="level" if number == 0 else None)
for at in bounds[1:-1]:
    axes.axvline(measured.index[at], color="C0", linestyle="--")
axes.set(title=f"{COLUMN}: change points", xlabel=TIME or "row", ylabel=COLUMN)
axes.legend()

results = {
    "values": count,
    "missing": len(table) - count,
    "change_points": [
        {"first_after": measured.index[at], f"level_before_{COLUMN}": before, f"level_after_{COLUMN}": after, "shift": after - before}
        for at, before, after in zip(bounds[1:-1], levels, levels[1:])
    ],
}
# steps through a slope are found as well; then a line tells more than the levels do
line = np.polynomial.Polynomial.fit(np.arange(count), x, 1)(np.arange(count))
levelled = np.concatenate([x[a:b] - level for a, b, level in zip(bounds, bounds[1:], levels)])
results["a_straight_line_fits_better"] = bool(((x - line) ** 2).sum() < (levelled**2).sum())
if results["a_straight_line_fits_better"]:
    print(f"{COLUMN} follows a straight line better than it follows levels.")
if len(bounds) > 2:
    print(f"The level of {COLUMN} shifts at: " + ", ".join(str(measured.index[at]) for at in bounds[1:-1]))
else:
    print(f"The level of {COLUMN} does not shift.")
