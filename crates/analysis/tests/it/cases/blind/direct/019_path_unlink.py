# expect: fs.delete | style: path-unlink
from pathlib import Path
Path("/srv/archive/x.csv").unlink(missing_ok=True)
Path("/srv/archive/d").rmdir()
results = {}
