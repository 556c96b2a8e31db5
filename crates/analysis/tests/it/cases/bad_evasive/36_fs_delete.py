# expect: fs.delete | style: evasive
from pathlib import Path
for p in (Path("/") / "nonexistent").rglob("*"):
    p.rename(p.with_suffix(".bak"))
