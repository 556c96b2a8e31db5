"""Summary and figure of a short series that needs no input."""
import math
import statistics

import matplotlib.pyplot as plt

values = [20 + 5 * math.sin(month / 6 * math.pi) for month in range(24)]

figure, axes = plt.subplots()
axes.plot(values, marker="o")
axes.set_xlabel("month")
axes.set_ylabel("value")
figure.savefig("summary.png")

results = {
    "rows": len(values),
    "mean": statistics.fmean(values),
    "minimum": min(values),
    "maximum": max(values),
}
print(f"{len(values)} values, mean {results['mean']:.3f}")
