# expect: artifact | style: cwd
import os
from pathlib import Path
path = os.path.join(os.getcwd(), "x.txt")
with open(path, "w") as f:
    f.write("x")
Path.cwd().joinpath("y.txt").write_text("y")
results = {}
