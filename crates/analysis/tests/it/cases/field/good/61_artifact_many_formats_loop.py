# expect: artifact | style: many formats loop
import matplotlib.pyplot as plt
import numpy as np
fig, ax = plt.subplots()
ax.imshow(np.random.rand(4, 4))
stem = "heatmap"
for ext in ("png", "pdf", "svg"):
    fig.savefig(".".join((stem, ext)), dpi=120)
np.savetxt("heat.txt", np.eye(3), fmt="%.3f", header="x")
np.savez("heat.npz", a=1)
results = {"formats": 3}
