# expect: input, artifact | style: pathlib
from pathlib import Path
source = Path("data.csv")
target = source.with_suffix(".json")
target.write_text(source.read_text())
Path(str(source.stem) + "_copy.csv").write_text("x")
results = {"t": target.name}
