# /// pyexec-recipe
# title = "Curve fit"
# description = "A curve fitted to one column as a function of another or of time: line, parabola, cubic, exponential, power law or Gaussian peak; the best of them if none is named."
# phrases = [
#   "fit a curve",
#   "fit an exponential",
#   "fit a polynomial",
#   "fit a parabola",
#   "fit a straight line",
#   "quadratic fit",
#   "regression",
#   "least squares fit",
#   "fit a gaussian peak",
#   "fit a power law",
#   "model the decay",
#   "best fitting curve",
#   "find a formula for the data",
#   "put a line through the points",
#   "a smooth curve through the points",
#   "formula for the curve",
#   "equation that describes it",
#   "what function describes it",
#   "slope and intercept",
#   "how does one depend on the other as a formula",
#   "fit one against the other",
#   "which function fits best",
#   "function that passes best through the points",
#   "which equation describes the rise best",
#   "linear or exponential",
#   "linear, quadratic or cubic",
#   "parameters of a power law",
#   "fit one as a function of the other",
#   "find a formula for one from the other",
#   "best curve through these points",
#   "put a parabola through it",
#   "does it grow exponentially",
#   "what kind of curve is it",
#   "mathematical model of the relation",
#   "parameters with their uncertainties",
#   "straight line or curve",
#   "coefficients of the fit",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# Y = { kind = "column", type = "numeric" }
# X = { kind = "column", type = ["datetime", "numeric"], words = ["against", "versus", "vs", "over", "function of", "with"] }
# X_FORMAT = { kind = "time_format", of = "X" }
# MODEL = { kind = "choice", several = "best", options = { line = ["line", "linear", "straight"], parabola = ["parabola", "parabolic", "quadratic", "second order"], cubic = ["cubic", "third order"], exponential = ["exponential", "decay"], power = ["power law", "power"], gaussian = ["gaussian", "bell", "peak"], best = ["best", "best fitting"] } }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
DECIMAL = "."
Y = "co2_ppm"
X = "date"
X_FORMAT = "ISO8601"
MODEL = "best"

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import optimize

plt.rcParams.update({"axes.grid": True, "grid.alpha": 0.25, "axes.spines.top": False, "axes.spines.right": False})
plt.rcParams["text.parse_math"] = False  # a column may be called `$x`


def numbers(column):
    """The column as numbers; what is none, or infinite, is missing."""
    values = pd.to_numeric(column.str.replace(DECIMAL, ".", regex=False), errors="coerce")
    return values.replace([np.inf, -np.inf], np.nan)


table = pd.read_csv(INPUT, sep=SEPARATOR, dtype=str)
y = numbers(table[Y])
if X_FORMAT is None:
    x = numbers(table[X])
    unit = X
else:
    times = pd.to_datetime(table[X].str.strip(), format=X_FORMAT, errors="coerce", utc=True)
    seconds = (times - times[y.notna()].min()).dt.total_seconds()
    sizes = {"year": 365.25 * 86400, "day": 86400, "hour": 3600, "second": 1}
    unit = next((name for name, size in sizes.items() if seconds.max() >= 2 * size), "second")
    x = seconds / sizes[unit]
points = pd.DataFrame({"x": x, "y": y}).dropna().sort_values("x", kind="stable")
x, y = points["x"].to_numpy(), points["y"].to_numpy()
if len(points) < 5 or x[0] == x[-1]:
    raise ValueError(f"{len(points)} rows have both {X!r} and {Y!r}; 5 with different {X!r} are needed")

width, height = x[-1] - x[0], np.ptp(y) or 1.0


def exponential(x, offset, amplitude, rate):
    return offset + amplitude * np.exp(np.clip(rate * (x - x0), -300, 300))


def power(x, factor, exponent):
    return factor * x**exponent


def gaussian(x, offset, amplitude, centre, sigma):
    return offset + amplitude * np.exp(-0.5 * ((x - centre) / sigma) ** 2)


x0 = x[0]
top = np.argmax(np.abs(y - np.median(y)))
# name: (function, names of its parameters, starting points)
curves = {
    "exponential": (exponential, ["offset", "amplitude", f"rate_per_{unit}"], [[y.min(), height, 1 / width], [y.min(), height, -3 / width], [y.max(), -height, -3 / width]]),
    "power": (power, ["factor", "exponent"], [[np.abs(y).mean() / max(np.abs(x).mean(), 1e-300), 1.0]]),
    "gaussian": (gaussian, ["offset", "amplitude", f"centre_{unit}", f"sigma_{unit}"], [[np.median(y), y[top] - np.median(y), x[top], width / 8]]),
}
degrees = {"line": 1, "parabola": 2, "cubic": 3}


def fit(name):
    """Parameters, their standard errors, and the curve, or None where it does not converge."""
    if name in degrees:
        degree = degrees[name]
        design = np.vander((x - x0) / width, degree + 1, increasing=True)
        values, *_ = np.linalg.lstsq(design, y, rcond=None)
        freedom = max(len(x) - degree - 1, 1)
        covariance = np.linalg.pinv(design.T @ design) * ((y - design @ values) ** 2).sum() / freedom
        scale = width ** np.arange(degree + 1)
        names = [f"coefficient_{power}" for power in range(degree + 1)]
        curve = np.polynomial.Polynomial(values / scale)
        return dict(zip(names, values / scale)), dict(zip(names, np.sqrt(np.diag(covariance)) / scale)), lambda x: curve(x - x0)
    function, names, starts = curves[name]
    if name == "power" and x[0] <= 0:
        return None
    best = None
    for start in starts:
        try:
            values, covariance = optimize.curve_fit(function, x, y, p0=start, maxfev=5000)
        except (RuntimeError, ValueError):
            continue
        error = ((function(x, *values) - y) ** 2).sum()
        if np.isfinite(error) and (best is None or error < best[0]):
            best = error, values, covariance
    if best is None:
        return None
    _, values, covariance = best
    return dict(zip(names, values)), dict(zip(names, np.sqrt(np.diag(covariance)))), lambda x: function(x, *values)


def score(fitted):
    """Akaike's criterion: less is better, parameters cost."""
    parameters, _, curve = fitted
    count = len(parameters) + 1
    error = max(((curve(x) - y) ** 2).mean(), np.finfo(float).tiny)
    return len(x) * np.log(error) + 2 * count + 2 * count * (count + 1) / max(len(x) - count - 1, 1)


candidates = ["line", "parabola", "cubic", "exponential"] if MODEL == "best" else [MODEL]
with np.errstate(all="ignore"):
    fits = {name: fitted for name in candidates if (fitted := fit(name)) is not None}
if not fits:
    raise ValueError(f"a curve of the kind {MODEL!r} does not fit {Y!r}: try another kind")
chosen = min(fits, key=lambda name: score(fits[name]))
parameters, errors, curve = fits[chosen]
residual = y - curve(x)
explained = 1 - (residual**2).sum() / ((y - y.mean()) ** 2).sum() if np.ptp(y) > 0 else 1.0

figure, (upper, lower) = plt.subplots(2, 1, figsize=(9, 6), layout="constrained", sharex=True, height_ratios=[3, 1])
grid = np.linspace(x[0], x[-1], 500)
upper.plot(x, y, ".", color="0.6", markersize=4, label=Y)
upper.plot(grid, curve(grid), color="C3", label=chosen)
upper.set(title=f"{Y}: {chosen}, {100 * explained:.2f} % of variance", ylabel=Y)
upper.legend()
lower.plot(x, residual, ".", color="0.6", markersize=3)
lower.axhline(0, color="C3", linewidth=1)
lower.set(xlabel=X if X_FORMAT is None else f"{unit}s since the first value", ylabel="residual")

results = {
    "points": len(x),
    "model": chosen,
    "parameters": parameters,
    "standard_errors": errors,
    "x": f"{X}, from {x0:g}" if X_FORMAT is None else f"{unit}s since {times[points.index[0]].isoformat()}",
    "variance_explained": explained,
    f"residual_standard_deviation_{Y}": np.sqrt((residual**2).sum() / max(len(x) - len(parameters), 1)),
}
print(f"{Y} as a function of {X}: {chosen}, " + ", ".join(f"{name} = {value:.5g}" for name, value in parameters.items()))
