# expect: none | style: tempfile usage inside context
import tempfile
import csv
import os

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "a.csv")
    with open(path, "w", newline="") as f:
        csv.writer(f).writerows([[1, 2], [3, 4]])
    with open(path, newline="") as f:
        rows = list(csv.reader(f))
results = {"rows": len(rows)}
