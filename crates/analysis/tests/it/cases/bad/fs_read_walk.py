# expect: fs.read | style: walk
import os
n = 0
for folder, _, files in os.walk("/nonexistent"):
    n += len(files)
results = {"n": n}
