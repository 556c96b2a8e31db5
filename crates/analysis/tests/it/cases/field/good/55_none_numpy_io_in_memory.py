# expect: none | style: numpy io in memory
import io
import numpy as np
buf = io.BytesIO()
np.savez_compressed(buf, a=np.arange(3), b=np.eye(2))
buf.seek(0)
z = np.load(buf)
text = io.StringIO("1 2\n3 4\n")
m = np.loadtxt(text)
g = np.genfromtxt(io.StringIO("a,b\n1,2"), delimiter=",", names=True)
results = {"files": z.files, "sum": float(m.sum()), "g": float(g["a"])}
