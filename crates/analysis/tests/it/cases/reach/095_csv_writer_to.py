# expect: fs.write | style: csv-writer-to
import csv, os
csv.writer(open(os.path.join(os.sep, "srv", "x.csv"), "w")).writerow([1])
