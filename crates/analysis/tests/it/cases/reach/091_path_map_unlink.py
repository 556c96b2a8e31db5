# expect: fs.delete | style: path-map-unlink
from pathlib import Path
list(map(Path.unlink, [Path("/srv/archive/x")]))
