# expect: none | style: bytesio-png
import base64, io
import matplotlib.pyplot as plt
buf = io.BytesIO()
plt.plot([1, 2, 3])
plt.savefig(buf, format="png")
results = {"png": base64.b64encode(buf.getvalue()).decode()[:10]}
