# expect: fs.read | style: proc-environ
from pathlib import Path
me = Path("/proc").joinpath("self", "environ")
results = {"n": len(me.read_bytes())}
