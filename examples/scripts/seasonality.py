"""The breathing of the northern hemisphere: what remains of carbon dioxide when the trend is taken away."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

series = pd.read_csv("co2_mauna_loa_weekly.csv", parse_dates=["date"], index_col="date")["co2_ppm"]
monthly = series.resample("MS").mean().interpolate("time", limit=3)
trend = monthly.rolling(12, center=True).mean().rolling(2).mean().shift(-1)
season = (monthly - trend).dropna()

cycle = season.groupby(season.index.month).agg(["mean", "std"])
cycle.index = pd.Index(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], name="month")
span = season.groupby(season.index.year).agg(lambda year: year.max() - year.min() if len(year) == 12 else np.nan).dropna()

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.errorbar(cycle.index, cycle["mean"], yerr=cycle["std"], marker="o", capsize=3)
left.axhline(0, color="0.7", linewidth=0.8)
left.set(title="Seasonal cycle", ylabel="ppm from the trend")
right.plot(span.index, span, marker=".")
right.set(title="Peak to trough in each year", ylabel="ppm")

results = {
    "highest_month": cycle["mean"].idxmax(),
    "lowest_month": cycle["mean"].idxmin(),
    "peak_to_trough_ppm": cycle["mean"].max() - cycle["mean"].min(),
    "cycle_ppm": cycle["mean"].round(3).to_dict(),
    "amplitude_first_decade_ppm": span.iloc[:10].mean(),
    "amplitude_last_decade_ppm": span.iloc[-10:].mean(),
    "years": len(span),
}
cycle.round(3).to_csv("seasonal_cycle.csv")
