# expect: artifact | style: makedirs
import os
import matplotlib.pyplot as plt
os.makedirs("plots", exist_ok=True)
plt.plot([1, 2])
plt.savefig(os.path.join("plots", "a.png"))
results = {}
