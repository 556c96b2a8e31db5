# expect: process | style: dict of strategies with lambda indirection
import pandas as pd
import subprocess as _sp

df = pd.DataFrame({"a": [1, 2, 3]})
steps = {
    "mean": lambda d: d.mean(),
    "sync": lambda d: _sp.run(["rsync", "-a", ".", "backup:/data"]),
}
order = ["mean", "sync"]
out = [steps[name](df) for name in order]
results = {"n": len(out)}
