# expect: fs.write | style: path-write-bytes
from pathlib import Path
Path("/srv/archive/a.bin").write_bytes(b"\0" * 8)
results = {}
