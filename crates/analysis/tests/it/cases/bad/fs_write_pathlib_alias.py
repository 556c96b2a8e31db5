# expect: fs.write | style: alias
import pathlib as pl
target = pl.Path("/nonexistent") / "sub" / "x.txt"
target.write_text("x")
results = {}
