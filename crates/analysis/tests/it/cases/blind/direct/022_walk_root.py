# expect: fs.read | style: walk-root
import os
n = 0
for root, dirs, files in os.walk("/srv"):
    n += len(files)
results = {"n": n}
