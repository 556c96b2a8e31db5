# /// pyexec-recipe
# title = "Seasonality"
# description = "The cycle that repeats every year, week or day: its shape, its size and how much of the variation it explains."
# phrases = [
#   "seasonality",
#   "seasonal cycle",
#   "is there a seasonal pattern",
#   "annual cycle",
#   "which month is highest",
#   "does it depend on the time of year",
#   "weekly pattern",
#   "daily pattern",
#   "time of day",
#   "weekday effect",
#   "repeating pattern",
#   "summer and winter",
#   "which month has the highest value",
#   "typical year",
#   "typical day",
#   "how large is the swing between summer and winter",
#   "time of year with the lowest values",
#   "average for each month of the year",
#   "size of the annual cycle",
#   "does it depend on the season",
#   "hour of the day",
#   "does summer differ from winter",
#   "regular ups and downs within the year",
#   "in which month is it highest on average",
#   "in which season is it lowest",
#   "yearly wave",
#   "take out the seasonal cycle",
#   "annual rhythm",
#   "does it breathe with the seasons",
#   "in spring and autumn",
#   "how does it go through the year",
#   "without the seasonal cycle",
#   "what is left without the annual wave",
#   "average course over the year",
#   "which weekday is the busiest",
#   "by month of the year",
#   "deseasonalise",
#   "season of the year",
#   "which part of the year",
#   "average january",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMN = { kind = "column", type = "numeric" }
# TIME = { kind = "column", type = "moment" }
# TIME_FORMAT = { kind = "time_format", of = "TIME" }
# CYCLE = { kind = "choice", options = { year = ["year", "yearly", "annual", "month", "season", "summer", "winter"], week = ["week", "weekly", "weekday", "weekend"], day = ["day", "daily", "hour", "diurnal", "time of day"] }, optional = true }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMN = "co2_ppm"
TIME = "date"
TIME_FORMAT = "ISO8601"
CYCLE = None

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
if len(measured) < 8:
    raise ValueError(f"{COLUMN!r} has {len(measured)} usable values; 8 are needed")

# name: (days, the step that is compared, what belongs to one phase, names of the phases)
cycles = {
    "year": (365.25, "MS", lambda index: index.month, dict(enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1))),
    "week": (7, "D", lambda index: index.day_of_week, dict(enumerate("Mon Tue Wed Thu Fri Sat Sun".split()))),
    "day": (1, "h", lambda index: index.hour, {hour: f"{hour:02}h" for hour in range(24)}),
}
length = (measured.index[-1] - measured.index[0]) / pd.Timedelta(days=1)
step = measured.index.to_series().diff().median() / pd.Timedelta(days=1)
# the longest cycle that the record holds twice, in steps that are short enough to see it
cycle = CYCLE or next((name for name, (days, *_) in cycles.items() if length >= 2 * days and step <= days / 6), None)
if cycle is None or length < 2 * cycles[cycle][0] or step > cycles[cycle][0] / 2:
    raise ValueError(f"a record of {length:.4g} days in steps of {step:.4g} days shows no {cycle or 'year, week or day'} twice")
days, rule, phase_of, phases = cycles[cycle]

regular = measured.resample(rule).mean()
regular = regular.interpolate("time", limit=3)
steps = {"year": 12, "week": 7, "day": 24}[cycle]
# centred over one whole cycle; an even one takes half of each end
weights = np.ones(steps) if steps % 2 else np.array([0.5] + [1.0] * (steps - 1) + [0.5])
half = len(weights) // 2
trend = pd.Series(np.nan, index=regular.index)
if len(regular) >= len(weights):
    trend.iloc[half : len(regular) - half] = np.convolve(regular, weights / weights.sum(), mode="valid")
around = (regular - trend).dropna()
if around.empty:
    raise ValueError(f"{COLUMN!r} has gaps in every {cycle}")

groups = around.groupby(phase_of(around.index))
shape, spread = groups.mean(), groups.std()
expected = pd.Series(shape.reindex(phase_of(around.index)).to_numpy(), index=around.index)
strength = max(0.0, 1 - (around - expected).var() / around.var()) if around.var() > 0 else 0.0
names = [phases[phase] for phase in shape.index]

figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.errorbar(range(len(shape)), shape, yerr=spread, marker="o", capsize=3)
axes.axhline(0, color="0.6", linewidth=0.8)
axes.set_xticks(range(len(shape)), names)
axes.set(title=f"{COLUMN}: cycle of one {cycle}", ylabel=f"{COLUMN}, from its trend")

results = {
    "cycle": cycle,
    "cycles_in_the_record": length / days,
    "highest_at": phases[shape.idxmax()],
    "lowest_at": phases[shape.idxmin()],
    f"peak_to_trough_{COLUMN}": shape.max() - shape.min(),
    "share_of_variation_around_the_trend": strength,
    f"cycle_{COLUMN}": dict(zip(names, shape)),
}
print(f"{COLUMN} is highest in {phases[shape.idxmax()]}, lowest in {phases[shape.idxmin()]}; the cycle explains {100 * strength:.0f} % of the variation around the trend.")
