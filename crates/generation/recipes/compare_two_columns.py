# /// pyexec-recipe
# title = "Compare two columns"
# description = "Two numeric columns row by row: their difference, whether it is real, and how well they agree."
# phrases = [
#   "compare two columns",
#   "difference between the two columns",
#   "compare one column with the other",
#   "how well do they agree",
#   "agreement between two instruments",
#   "is there a bias between them",
#   "paired comparison",
#   "paired t test",
#   "which of the two is larger",
#   "compare measured and simulated",
#   "difference between one column and the other",
#   "are the two columns the same",
#   "offset between two instruments",
#   "how do they look next to each other",
#   "side by side",
#   "one next to the other",
#   "how far apart are the two columns",
#   "how different are the two columns",
#   "one column minus the other",
#   "do the two columns match",
#   "discrepancy between both columns",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# DECIMAL = { kind = "decimal" }
# FIRST = { kind = "column", type = "numeric" }
# SECOND = { kind = "column", type = "numeric" }
# ///

INPUT = "forbes_boiling_point.csv"
SEPARATOR = ","
DECIMAL = "."
FIRST = "boiling_point_f"
SECOND = "pressure_inhg"

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
both = table[[FIRST, SECOND]].apply(numbers).dropna()
if len(both) < 3:
    raise ValueError(f"{len(both)} rows have both {FIRST!r} and {SECOND!r}; 3 are needed")
first, second = both[FIRST], both[SECOND]
difference = second - first
varies = difference.nunique() > 1
low, high = difference.mean() - 1.96 * difference.std(), difference.mean() + 1.96 * difference.std()

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.5), layout="constrained")
left.plot(first, second, "o", alpha=0.6, markersize=4)
left.axline((first.mean(), first.mean()), slope=1, color="0.5", linestyle="--", label="equal")
left.set(title="one against the other", xlabel=FIRST, ylabel=SECOND, xlim=left.get_xlim(), ylim=(second.min() - 0.1 * np.ptp(second) - 1e-9, second.max() + 0.1 * np.ptp(second) + 1e-9))
left.legend()
right.plot((first + second) / 2, difference, "o", alpha=0.6, markersize=4)
right.axhline(difference.mean(), color="C3", label=f"mean {difference.mean():.4g}")
right.axhspan(low, high, color="C3", alpha=0.1, label="95 % of differences")
right.set(title="difference against the mean of both", xlabel="mean of both", ylabel=f"{SECOND} - {FIRST}")
right.legend()

results = {
    "rows": len(both),
    "rows_left_out": len(table) - len(both),
    f"mean_{FIRST}": first.mean(),
    f"mean_{SECOND}": second.mean(),
    "mean_difference": difference.mean(),
    "standard_deviation_of_difference": difference.std(),
    "limits_of_agreement": [low, high],
    "no_difference_p_value": stats.ttest_rel(second, first).pvalue if varies else None,
    "correlation": stats.pearsonr(first, second).statistic if first.nunique() > 1 and second.nunique() > 1 else None,
    "rows_where_second_is_larger": int((difference > 0).sum()),
}
print(f"{SECOND} is {difference.mean():.5g} from {FIRST} on average.")
