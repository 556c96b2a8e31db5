# expect: fs.write | style: path-division
from pathlib import PurePosixPath, Path
base = Path(PurePosixPath("/") / "srv")
(base / "archive" / "x").with_suffix(".csv").write_text("x")
results = {}
