# expect: control.read | style: context data compared with live readings
from pyexec import context
from pyexec.runtime import read_channel, read_channels
import numpy as np

ref = context.REFERENCE.orbit
limits = context.LIMITS.table
live = {name: read_channel(name) for name in ("SR:X1", "SR:X2")}
more = read_channels(["SR:Y1", "SR:Y2"])
diff = {k: v - ref[k] for k, v in live.items()}
results = {"diff": diff, "ok": all(abs(d) < 1 for d in diff.values()), "n": len(more)}
