# expect: none | style: delete-rows
import numpy as np
import pandas as pd
a = np.delete(np.arange(10), [0, 1])
df = pd.DataFrame({"x": a}).drop(index=[0])
del df["x"]
results = {"n": a.size}
