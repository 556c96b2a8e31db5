# /// pyexec-recipe
# title = "Correlation"
# description = "How strongly numeric columns go together: Pearson and Spearman correlation of every pair."
# phrases = [
#   "correlation between the columns",
#   "are they correlated",
#   "correlation matrix",
#   "how are the columns related",
#   "relationship between two variables",
#   "does one depend on the other",
#   "which columns go together",
#   "is there a connection between them",
#   "scatter plot",
#   "association",
#   "does one rise when the other rises",
#   "do they move together",
#   "how strongly are they linked",
#   "how tightly are they connected",
#   "do they depend on each other",
#   "strength of the relationship",
#   "does a higher one mean a higher other",
#   "is one related to the other",
#   "r and p value",
#   "pearson",
#   "spearman",
#   "correlation coefficient",
#   "do both rise together",
#   "when one is high is the other high too",
#   "plot one against the other",
#   "one against the other as a scatter plot",
#   "how closely do they follow each other",
#   "how strong is the connection",
#   "does one influence the other",
#   "has one anything to do with the other",
#   "how are they linked",
#   "one on the x axis and the other on the y axis",
#   "x and y",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# COLUMNS = { kind = "column", type = "numeric", plural = true, least = 2 }
# ///

INPUT = "forbes_boiling_point.csv"
SEPARATOR = ","
DECIMAL = "."
COLUMNS = ["boiling_point_f", "pressure_inhg"]

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
columns = table[COLUMNS].apply(numbers)

pairs = []
for i, first in enumerate(COLUMNS):
    for second in COLUMNS[i + 1 :]:
        both = columns[[first, second]].dropna()
        if len(both) < 3 or both[first].nunique() < 2 or both[second].nunique() < 2:
            continue
        pearson, spearman = stats.pearsonr(both[first], both[second]), stats.spearmanr(both[first], both[second])
        pairs.append(
            {
                "columns": [first, second],
                "rows": len(both),
                "pearson": pearson.statistic,
                "pearson_p_value": pearson.pvalue,
                "spearman": spearman.statistic,
            }
        )
if not pairs:
    raise ValueError(f"no two of {COLUMNS} vary together in at least three rows")
pairs.sort(key=lambda pair: -abs(pair["pearson"]))

if len(COLUMNS) == 2:
    figure, axes = plt.subplots(figsize=(6.5, 5), layout="constrained")
    both = columns.dropna()
    line = stats.linregress(both[COLUMNS[0]], both[COLUMNS[1]])
    span = np.array([both[COLUMNS[0]].min(), both[COLUMNS[0]].max()])
    axes.plot(both[COLUMNS[0]], both[COLUMNS[1]], "o", alpha=0.6, markersize=5)
    axes.plot(span, line.intercept + line.slope * span, color="C3")
    axes.set(title=f"correlation {pairs[0]['pearson']:.3f}", xlabel=COLUMNS[0], ylabel=COLUMNS[1])
else:
    figure, axes = plt.subplots(figsize=(2.5 + 0.6 * len(COLUMNS), 2 + 0.6 * len(COLUMNS)), layout="constrained")
    matrix = columns.corr(min_periods=3)
    image = axes.imshow(matrix, cmap="RdBu_r", vmin=-1, vmax=1)
    axes.set_xticks(range(len(COLUMNS)), COLUMNS, rotation=45, ha="right")
    axes.set_yticks(range(len(COLUMNS)), COLUMNS)
    axes.grid(False)
    for (row, column), value in np.ndenumerate(matrix.to_numpy()):
        if np.isfinite(value):
            axes.text(column, row, f"{value:.2f}", ha="center", va="center", color="white" if abs(value) > 0.6 else "black")
    figure.colorbar(image, label="Pearson correlation")
    axes.set_title("Correlation")

results = {"rows": len(table), "pairs": pairs}
strongest = pairs[0]
print(f"The strongest correlation is {strongest['pearson']:.3f}, of {strongest['columns'][0]} and {strongest['columns'][1]}.")
