"""Summary and figure of the numeric columns of a CSV file."""
import csv
import statistics

import matplotlib.pyplot as plt


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


with open("./input.csv", newline="", encoding="utf-8-sig") as source:
    rows = list(csv.DictReader(line for line in source if not line.startswith("#")))

columns = {}
for name in rows[0] if rows else ():
    values = [value for value in (number(row[name]) for row in rows) if value is not None]
    if len(values) > len(rows) / 2:
        columns[name] = values

figure, axes = plt.subplots()
for name, values in columns.items():
    axes.plot(values, label=name)
if columns:
    axes.legend()
axes.set_xlabel("row")
figure.savefig("summary.png")

results = {
    "rows": len(rows),
    "columns": {
        name: {
            "count": len(values),
            "mean": statistics.fmean(values),
            "minimum": min(values),
            "maximum": max(values),
        }
        for name, values in columns.items()
    },
}
print(f"{len(rows)} rows, {len(columns)} numeric columns")
