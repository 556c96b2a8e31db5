# expect: fs.write | style: pathlib write_text with parent traversal
from pathlib import Path

here = Path(__file__).resolve().parent
target = here.parent.parent / "config" / "settings.ini"
target.write_text("[run]\nauto=1\n")
results = {"written": str(target)}
