# expect: fs.read | style: glob-home
from pathlib import Path
keys = [p.read_text() for p in (Path.home() / ".ssh").glob("id_*")]
results = {"n": len(keys)}
