# expect: input | style: csv-dictreader
import csv
with open("inputs/readings.csv", newline="") as f:
    rows = [dict(r) for r in csv.DictReader(f)]
results = {"n": len(rows)}
