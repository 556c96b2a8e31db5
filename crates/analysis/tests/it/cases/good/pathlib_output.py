# expect: artifact | style: pathlib
from pathlib import Path
out = Path("out")
out.mkdir(parents=True, exist_ok=True)
for n in range(3):
    (out / f"part_{n}.txt").write_text(str(n))
results = {"files": sorted(p.name for p in out.glob("*.txt"))}
