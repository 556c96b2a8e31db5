# expect: input | style: gzip
import gzip
with gzip.open("data.csv.gz", "rt") as f:
    results = {"n": sum(1 for _ in f)}
