# /// pyexec-recipe
# title = "Calibration line"
# description = "A straight calibration line of readings against reference values, with errors, detection limit and, for a given reading, the reference value."
# phrases = [
#   "calibration line",
#   "calibration curve",
#   "calibrate the sensor",
#   "calibrate the instrument",
#   "standard curve",
#   "sensitivity and offset",
#   "slope and intercept of the calibration",
#   "limit of detection",
#   "reference against reading",
#   "response of the detector",
#   "linearity",
#   "read one quantity off the other",
#   "slope and offset",
#   "convert readings to the reference",
#   "convert the signal to a concentration",
#   "conversion from reading to value",
#   "slope and intercept with errors",
#   "convert one into the other",
#   "formula to get one from the other",
#   "conversion formula between two quantities",
#   "straight line to read one off the other",
#   "how far off is a reading by the line",
#   "use it as a gauge",
#   "turn readings into the true value",
#   "scale factor between two quantities",
#   "transfer function of the sensor",
#   "work out one from the other",
#   "standard curve with its error",
#   "get the reference from the reading",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# REFERENCE = { kind = "column", type = "numeric", words = ["against", "versus", "vs", "reference", "from", "with"] }
# READING = { kind = "column", type = "numeric", words = ["reading", "response", "signal"] }
# AT = { kind = "number", words = ["reading of", "reading", "signal of", "value of"], optional = true }
# ///

INPUT = "forbes_boiling_point.csv"
SEPARATOR = ","
DECIMAL = "."
REFERENCE = "boiling_point_f"
READING = "pressure_inhg"
AT = None

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
both = table[[REFERENCE, READING]].apply(numbers).dropna()
if len(both) < 3 or both[REFERENCE].nunique() < 2:
    raise ValueError(f"{len(both)} rows have both {REFERENCE!r} and {READING!r}; 3 with different {REFERENCE!r} are needed")
x, y = both[REFERENCE].to_numpy(), both[READING].to_numpy()

line = stats.linregress(x, y)
residual = y - (line.intercept + line.slope * x)
freedom = len(x) - 2
spread = np.sqrt((residual**2).sum() / freedom)
t = stats.t.ppf(0.975, freedom)
squares = ((x - x.mean()) ** 2).sum()

figure, (upper, lower) = plt.subplots(2, 1, figsize=(8, 6), layout="constrained", sharex=True, height_ratios=[3, 1])
grid = np.linspace(x.min(), x.max(), 200)
fitted = line.intercept + line.slope * grid
band = t * spread * np.sqrt(1 + 1 / len(x) + (grid - x.mean()) ** 2 / squares)
upper.plot(x, y, "o", markersize=5, label="measured")
upper.plot(grid, fitted, color="C3", label=f"{line.intercept:.5g} + {line.slope:.5g} x")
upper.fill_between(grid, fitted - band, fitted + band, color="C3", alpha=0.12, label="95 % of new readings")
upper.set(title="Calibration line", ylabel=READING)
upper.legend()
lower.axhline(0, color="C3", linewidth=1)
lower.plot(x, residual, "o", markersize=4)
lower.set(xlabel=REFERENCE, ylabel="residual")

results = {
    "points": len(x),
    "reference": REFERENCE,
    "reading": READING,
    "slope": line.slope,
    "slope_standard_error": line.stderr,
    "intercept": line.intercept,
    "intercept_standard_error": line.intercept_stderr,
    f"residual_standard_deviation_{READING}": spread,
    "variance_explained": line.rvalue**2,
    f"largest_residual_{READING}": residual[np.abs(residual).argmax()],
    f"detection_limit_{REFERENCE}": 3.3 * spread / abs(line.slope) if line.slope else None,
}
print(f"{READING} = {line.intercept:.6g} + {line.slope:.6g} x {REFERENCE}")
if AT is not None and line.slope:
    found = (AT - line.intercept) / line.slope
    width = t * spread / abs(line.slope) * np.sqrt(1 + 1 / len(x) + (found - x.mean()) ** 2 / squares)
    results["at_reading"] = {READING: AT, REFERENCE: found, "confidence_95": [found - width, found + width]}
    upper.plot(found, AT, "*", markersize=14, color="C1")
    print(f"A reading of {AT:g} means {REFERENCE} {found:.6g} ± {width:.2g}.")
