# expect: fs.delete | style: methodcaller
from operator import methodcaller
from pathlib import Path
methodcaller("unlink")(Path("/nonexistent/x"))
results = {}
