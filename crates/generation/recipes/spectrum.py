# /// pyexec-recipe
# title = "Spectrum"
# description = "Which periods or frequencies a series contains: the power spectrum and its strongest peaks."
# phrases = [
#   "power spectrum",
#   "frequency spectrum",
#   "dominant frequency",
#   "what periods are in the data",
#   "fourier transform",
#   "fft",
#   "periodogram",
#   "is it periodic",
#   "main oscillation",
#   "which cycles does it contain",
#   "spectral analysis",
#   "find periodicities",
#   "does it repeat, and how often",
#   "how long is the cycle",
#   "is there a repeating cycle",
#   "how long until it repeats",
#   "recurring signal",
#   "strongest period",
#   "period of the oscillation",
#   "hidden rhythm",
#   "hidden cycles",
#   "periods hidden in the signal",
#   "which periods dominate",
#   "what cycles are in there",
#   "peaks in cycles per year",
#   "strongest frequencies",
#   "is there a seven year cycle",
#   "11 year cycle",
#   "does it come back every few years",
#   "half year period",
#   "what is the main period",
#   "oscillations",
#   "are there any cycles",
#   "waves of which length",
#   "frequency content",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMN = { kind = "column", type = "numeric" }
# TIME = { kind = "column", type = "datetime", optional = true }
# TIME_FORMAT = { kind = "time_format", of = "TIME" }
# TOP = { kind = "number", words = ["top", "peak", "strongest"], whole = true, above = 0, most = 50 }
# RATE = { kind = "number", words = ["hz", "hertz", "samples per second"], above = 0, optional = true }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMN = "co2_ppm"
TIME = "date"
TIME_FORMAT = "ISO8601"
TOP = 3
RATE = None

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import signal

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

# elapsed time in the unit that suits the record
if TIME is not None:
    seconds = np.asarray((measured.index - measured.index[0]).total_seconds())
    sizes = {"year": 365.25 * 86400, "day": 86400, "hour": 3600, "second": 1}
    unit = next((name for name, size in sizes.items() if seconds[-1] >= 2 * size), "second")
    elapsed = seconds / sizes[unit]
elif RATE is not None:
    unit, elapsed = "second", np.asarray(measured.index, dtype=float) / RATE
else:
    unit, elapsed = "row", np.asarray(measured.index, dtype=float)

# a spectrum needs even steps: values between the measured ones are interpolated
steps = np.diff(elapsed)
if not (steps > 0).any():
    raise ValueError("every value has the same time")
step = np.median(steps[steps > 0])
even = np.arange(elapsed[0], elapsed[-1] + step / 2, step)
if len(even) > 2_000_000:
    raise ValueError(f"the times are too uneven: {len(even)} steps of the usual length would be needed")
frequency, power = signal.periodogram(np.interp(even, elapsed, measured), fs=1 / step, window="hann", detrend="linear")
frequency, power = frequency[1:], power[1:]

peaks, _ = signal.find_peaks(np.concatenate([[0], power, [0]]))
peaks = peaks - 1
peaks = peaks[frequency[peaks] >= 2 / (even[-1] - even[0] + step)]  # what does not come twice is no period
strongest = peaks[np.argsort(-power[peaks], kind="stable")][:TOP]
total = power.sum()

figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.loglog(frequency, np.maximum(power, power.max() * 1e-12), color="0.5", linewidth=0.8)
for peak in strongest:
    axes.plot(frequency[peak], power[peak], "o", color="C3", fillstyle="none")
    axes.annotate(f"{1 / frequency[peak]:.3g} {unit}", (frequency[peak], power[peak]), xytext=(6, 4), textcoords="offset points")
axes.xaxis.set_major_formatter("{x:g}")
axes.yaxis.set_major_formatter("{x:g}")
axes.minorticks_off()
axes.set(title=f"{COLUMN}: spectrum", xlabel=f"cycles per {unit}", ylabel=f"power of {COLUMN}")

results = {
    "values": len(measured),
    "even_steps": len(even),
    f"step_{unit}": step,
    "strongest": [
        {
            f"period_{unit}": 1 / frequency[peak],
            f"frequency_per_{unit}": frequency[peak],
            "share_of_variance": power[max(peak - 1, 0) : peak + 2].sum() / total if total > 0 else 0.0,
        }
        for peak in strongest
    ],
}
if len(strongest):
    print(f"The strongest period of {COLUMN} is {1 / frequency[strongest[0]]:.4g} {unit}.")
else:
    print(f"{COLUMN} has no periods.")
