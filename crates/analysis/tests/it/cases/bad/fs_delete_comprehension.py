# expect: fs.delete | style: comprehension
from pathlib import Path
[p.unlink() for p in Path("/nonexistent").glob("*.dat")]
results = {}
