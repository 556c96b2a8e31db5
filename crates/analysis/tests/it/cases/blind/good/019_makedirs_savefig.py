# expect: artifact | style: makedirs-savefig
import os
import matplotlib.pyplot as plt
OUT = os.path.join("figures", "raw")
os.makedirs(OUT, exist_ok=True)
for k in ("a", "b"):
    plt.figure()
    plt.plot([1, 2])
    plt.savefig(os.path.join(OUT, k + ".png"))
    plt.close()
results = {"n": len(os.listdir(OUT))}
