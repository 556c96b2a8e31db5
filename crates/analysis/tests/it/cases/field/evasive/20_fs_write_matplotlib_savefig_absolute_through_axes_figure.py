# expect: fs.write | style: matplotlib savefig absolute through axes figure
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

fig, axes = plt.subplots(2, 2, figsize=(8, 6))
for ax in axes.flat:
    ax.plot(np.sin(np.linspace(0, 6, 100)))
    ax.set_xlabel("t [s]")
axes[0, 0].figure.savefig("/home/operator/public/plot.png", dpi=150)
results = {"figures": 1}
