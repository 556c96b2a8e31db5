"""How much carbon dioxide there is above Mauna Loa, and how fast it grows."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

series = pd.read_csv("co2_mauna_loa_weekly.csv", parse_dates=["date"], index_col="date")["co2_ppm"]
measured = series.dropna()
years = np.asarray((measured.index - measured.index[0]).days) / 365.25

line = stats.linregress(years, measured)
curve = np.polynomial.Polynomial.fit(years, measured, deg=2).convert()
first, last = (measured[measured.index.year == year].mean() for year in (1959, 2001))

figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.plot(measured.index, measured, color="0.6", linewidth=0.8, label="weekly average")
axes.plot(measured.index, line.intercept + line.slope * years, label=f"line: {line.slope:.2f} ppm a year")
axes.plot(measured.index, curve(years), label="parabola: growth itself grows")
axes.set(title="CO2 at Mauna Loa", ylabel="ppm")
axes.legend()

results = {
    "weeks": len(series),
    "weeks_without_value": int(series.isna().sum()),
    "period": [measured.index[0], measured.index[-1]],
    "mean_ppm": measured.mean(),
    "trend_ppm_per_year": line.slope,
    "trend_standard_error": line.stderr,
    "growth_at_start_ppm_per_year": curve.deriv()(years[0]),
    "growth_at_end_ppm_per_year": curve.deriv()(years[-1]),
    "rise_1959_to_2001_ppm": last - first,
}
print(f"{results['trend_ppm_per_year']:.2f} ppm a year on average, {results['growth_at_end_ppm_per_year']:.2f} at the end")
