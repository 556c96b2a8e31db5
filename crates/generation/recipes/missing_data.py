# /// pyexec-recipe
# title = "Missing data"
# description = "Where values are missing: how many in each column, complete rows, and the longest gap in time."
# phrases = [
#   "missing data",
#   "missing values",
#   "are there gaps",
#   "how complete is the data",
#   "how many values are missing",
#   "empty cells",
#   "where is data missing",
#   "holes in the data",
#   "nan values",
#   "data quality",
#   "any blanks",
#   "longest gap",
#   "is anything missing",
#   "how many rows have no value",
#   "is the record complete",
#   "are all days there",
#   "days without data",
#   "not recorded",
#   "dropouts in the record",
#   "how many hours have no value",
#   "was any week skipped",
#   "is every year there",
#   "are any lines empty",
#   "has every row got an entry",
#   "did anybody forget to write a value",
#   "skipped readings",
#   "any weeks without a value",
#   "is the series without interruption",
#   "complete for every year",
#   "entries left out",
#   "how much is missing",
#   "interruptions",
#   "any missing cells",
#   "is it continuous",
#   "was the instrument offline",
#   "longest interruption",
# ]
#
# [parameters]
# INPUT = { kind = "input" }
# SEPARATOR = { kind = "separator" }
# TIME = { kind = "column", type = "datetime", optional = true }
# TIME_FORMAT = { kind = "time_format", of = "TIME" }
# COLUMNS = { kind = "column", type = "any", plural = true, optional = true }
# ///

INPUT = "co2_mauna_loa_weekly.csv"
SEPARATOR = ","
TIME = "date"
TIME_FORMAT = "ISO8601"
COLUMNS = ["co2_ppm"]

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

plt.rcParams.update({"axes.grid": True, "grid.alpha": 0.25, "axes.spines.top": False, "axes.spines.right": False})
plt.rcParams["text.parse_math"] = False  # a column may be called `$x`

table = pd.read_csv(INPUT, sep=SEPARATOR, dtype=str)
if table.empty:
    raise ValueError("the table has no rows")
# what the request names, or every column
missing = table[[name for name in table.columns if name == TIME or name in COLUMNS]].isna()
per_column = missing.sum()

# the longest stretch without a complete row
complete = ~missing.any(axis=1)
gap = None
if TIME is not None:
    times = pd.to_datetime(table[TIME].str.strip(), format=TIME_FORMAT, errors="coerce", utc=True).dt.tz_localize(None)
    known = times[complete & times.notna()].sort_values()
    if len(known) > 1:
        length = known.diff()
        end = length.argmax()
        gap = {"from": known.iloc[end - 1], "to": known.iloc[end], "days": length.iloc[end].total_seconds() / 86400}
        usual = length.median().total_seconds() / 86400

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 1.8 + 0.45 * max(len(missing.columns), 5)), layout="constrained", width_ratios=[1, 2])
share = 100 * per_column / len(table)
left.barh(range(len(share)), share, color="C3")
left.set_yticks(range(len(share)), share.index)
left.invert_yaxis()
left.set(title="missing", xlabel="% of rows")
# as many stripes as the figure has room for, each showing whether anything in it is missing
stripes = np.array_split(missing.to_numpy(), min(len(missing), 800))
right.imshow(np.array([stripe.any(axis=0) for stripe in stripes]).T, aspect="auto", interpolation="nearest", cmap="Reds", vmin=0, vmax=1.3, extent=(0, len(table), len(share) - 0.5, -0.5))
right.grid(False)
right.set(title="where (red: something is missing)", xlabel="row", yticks=[])

results = {
    "rows": len(table),
    "complete_rows": int(complete.sum()),
    "missing_values": int(per_column.sum()),
    "missing_share": float(missing.to_numpy().mean()),
    "missing_by_column": {str(name): int(count) for name, count in per_column.items()},
}
if gap is not None:
    results |= {"longest_gap": gap, "usual_step_days": usual}
print(f"{per_column.sum()} values are missing; {complete.sum()} of {len(table)} rows are complete.")
