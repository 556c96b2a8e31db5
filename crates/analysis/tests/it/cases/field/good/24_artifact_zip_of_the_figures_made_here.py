# expect: artifact | style: zip of the figures made here
import zipfile
from pathlib import Path
import matplotlib.pyplot as plt

for i in range(3):
    plt.figure()
    plt.plot([0, i])
    plt.savefig(f"fig{i}.png")
    plt.close("all")
with zipfile.ZipFile("figures.zip", "w", zipfile.ZIP_DEFLATED) as z:
    for p in sorted(Path(".").glob("fig*.png")):
        z.write(p, arcname=p.name)
results = {"bytes": Path("figures.zip").stat().st_size}
