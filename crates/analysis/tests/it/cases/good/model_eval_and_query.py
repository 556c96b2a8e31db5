# expect: none | style: eval-names
import pandas as pd
import numpy as np
df = pd.DataFrame({"a": range(4)})
limit = 2
part = df.query("a > @limit")
poly = np.poly1d([1, 2, 3])

class Net:
    def eval(self):
        return self

    def compile(self, optimizer=None):
        return self

    def execute(self, plan):
        return plan

Net().eval().compile("adam").execute("x")
results = {"n": len(part), "p": float(poly(2))}
