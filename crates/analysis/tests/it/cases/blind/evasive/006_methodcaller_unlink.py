# expect: fs.delete | style: methodcaller-unlink
from operator import methodcaller
from pathlib import Path
drop = methodcaller("unl" + "ink", missing_ok=True)
for old in Path("/srv/archive").glob("*.bak"):
    drop(old)
drop(Path("/srv/archive/index.db"))
results = {"ok": True}
