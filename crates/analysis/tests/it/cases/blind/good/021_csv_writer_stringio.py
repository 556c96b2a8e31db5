# expect: none | style: csv-writer-stringio
import csv, io
sink = io.StringIO(newline="")
w = csv.writer(sink)
w.writerow(["a", "b"])
w.writerows([[1, 2], [3, 4]])
sink.seek(0)
results = {"rows": sink.read().splitlines()}
