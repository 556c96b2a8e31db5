# expect: none | style: axis-callbacks
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.format_coord = lambda x, y: f"{x:.2f} {y:.2f}"
ax.fmt_xdata = str
results = {"n": len(fig.axes)}
