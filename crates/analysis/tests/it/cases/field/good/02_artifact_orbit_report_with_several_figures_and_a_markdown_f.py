# expect: artifact | style: orbit report with several figures and a markdown file
from pathlib import Path
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt

out = Path("report")
out.mkdir(exist_ok=True)
orbit = pd.DataFrame({"s": np.linspace(0, 400, 96), "x": np.random.randn(96)})
lines = ["# Orbit", ""]
for plane, group in orbit.assign(cell=lambda d: (d.s // 40).astype(int)).groupby("cell"):
    fig, ax = plt.subplots()
    ax.plot(group.s, group.x, "o-")
    name = out / f"cell_{plane:02d}.png"
    fig.savefig(name, bbox_inches="tight")
    plt.close(fig)
    lines.append(f"![cell {plane}]({name.name})")
(out / "index.md").write_text("\n".join(lines), encoding="utf-8")
results = {"cells": len(lines) - 2}
