# expect: fs.read | style: chained-paths
from pathlib import Path
base = Path.cwd().parent.parent
results = {"t": (base / "secret.txt").read_text()}
