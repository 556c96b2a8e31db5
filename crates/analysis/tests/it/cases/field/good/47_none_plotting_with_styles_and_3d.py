# expect: none | style: plotting with styles and 3d
import numpy as np
import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib import cm, colors, gridspec, patches, ticker
from mpl_toolkits.mplot3d import Axes3D

plt.style.use("ggplot")
mpl.rcParams.update({"font.size": 10, "axes.grid": True})
fig = plt.figure(figsize=(8, 6))
gs = gridspec.GridSpec(2, 2, figure=fig)
ax = fig.add_subplot(gs[0, :], projection="3d")
X, Y = np.meshgrid(*(np.linspace(-2, 2, 30),) * 2)
surf = ax.plot_surface(X, Y, np.exp(-X**2 - Y**2), cmap=cm.viridis, norm=colors.Normalize(0, 1))
fig.colorbar(surf, ax=ax)
ax2 = fig.add_subplot(gs[1, 0])
ax2.add_patch(patches.Circle((0, 0), 1))
ax2.xaxis.set_major_locator(ticker.MultipleLocator(0.5))
ax2.remove()
fig.canvas.mpl_connect("button_press_event", lambda e: None)
plt.show()
results = {"axes": len(fig.axes)}
