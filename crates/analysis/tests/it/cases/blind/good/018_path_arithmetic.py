# expect: artifact | style: path-arithmetic
from pathlib import Path
out = Path("plots") / "2024" / "jan"
out.mkdir(parents=True, exist_ok=True)
for i in range(2):
    (out / f"fig_{i:02d}").with_suffix(".txt").write_text(str(i))
results = {"files": sorted(p.name for p in out.iterdir())}
