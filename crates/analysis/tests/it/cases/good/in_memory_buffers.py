# expect: none | style: buffers
import io
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
buffer = io.BytesIO()
plt.plot([1, 2])
plt.savefig(buffer, format="png")
frame = pd.read_csv(io.StringIO("a,b\n1,2"))
text = io.StringIO()
frame.to_csv(text)
array = np.loadtxt(io.StringIO("1 2"))
results = {"n": len(buffer.getvalue())}
