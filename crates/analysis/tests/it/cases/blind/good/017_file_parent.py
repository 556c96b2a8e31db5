# expect: input | style: file-parent
from pathlib import Path
here = Path(__file__).resolve().parent
text = (here / "data" / "run1.csv").read_text() if (here / "data").exists() else ""
results = {"n": len(text)}
