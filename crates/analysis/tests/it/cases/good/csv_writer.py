# expect: artifact | style: csv
import csv
with open("out.csv", "w", newline="") as f:
    w = csv.writer(f)
    w.writerows([[1, 2], [3, 4]])
results = {}
