# expect: artifact | style: os.path
import os
base, ext = os.path.splitext("data.csv")
with open(base + "_out" + ext, "w") as f:
    f.write("x")
results = {}
