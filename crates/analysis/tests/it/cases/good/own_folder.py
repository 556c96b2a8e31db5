# expect: input | style: __file__
from pathlib import Path
here = Path(__file__).resolve().parent
results = {"text": (here / "data.txt").read_text()}
