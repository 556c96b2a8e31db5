# expect: fs.write | style: path-open-unbound
from pathlib import Path
Path.open(Path("/srv/archive/x"), "w")
