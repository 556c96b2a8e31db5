# expect: fs.delete | style: pathlib unlink over glob
from pathlib import Path
import datetime as dt

cutoff = dt.datetime.now() - dt.timedelta(days=30)
root = Path("/var/data/archive")
old = [p for p in root.rglob("*.h5") if dt.datetime.fromtimestamp(p.stat().st_mtime) < cutoff]
removed = 0
for p in old:
    p.unlink(missing_ok=True)
    removed += 1
results = {"removed": removed}
