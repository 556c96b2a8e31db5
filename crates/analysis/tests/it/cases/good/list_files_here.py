# expect: input | style: listing
import os, glob
from pathlib import Path
n = len(os.listdir("."))
csv = sorted(glob.glob("*.csv"))
for path in csv:
    with open(path) as f:
        f.readline()
frames = [p.read_text() for p in Path("data").glob("*.txt")]
results = {"n": n}
