"""Weeks that fit neither the trend nor the season: by distance from a smooth model, in robust standard deviations."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

LIMIT = 3.5

series = pd.read_csv("co2_mauna_loa_weekly.csv", parse_dates=["date"], index_col="date")["co2_ppm"].dropna()
years = np.asarray((series.index - series.index[0]).days) / 365.25

# a cubic trend and three harmonics of the year
columns = [(years / years[-1]) ** power for power in range(4)]
for harmonic in (1, 2, 3):
    columns += [np.sin(2 * np.pi * harmonic * years), np.cos(2 * np.pi * harmonic * years)]
design = np.column_stack(columns)
coefficients, *_ = np.linalg.lstsq(design, series.to_numpy(), rcond=None)
residual = pd.Series(series.to_numpy() - design @ coefficients, index=series.index)

spread = stats.median_abs_deviation(residual, scale="normal")
score = (residual - residual.median()) / spread
outliers = series[score.abs() > LIMIT]

figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
axes.plot(residual.index, residual, ".", markersize=2, color="0.5", label="residual")
axes.plot(outliers.index, residual[outliers.index], "o", fillstyle="none", color="C3", label="outlier")
axes.axhspan(-LIMIT * spread, LIMIT * spread, color="C0", alpha=0.12, label=f"within {LIMIT} robust standard deviations")
axes.set(title="Residuals of a model of trend and season", ylabel="ppm")
axes.legend(loc="upper left")
figure.savefig("residuals.png", dpi=120)

results = {
    "residual_robust_sd_ppm": spread,
    "normal_p_value": stats.normaltest(residual).pvalue,
    "count": len(outliers),
    "outliers": [
        {"week": week.date(), "co2_ppm": value, "score": round(score[week], 2)} for week, value in outliers.items()
    ],
}
