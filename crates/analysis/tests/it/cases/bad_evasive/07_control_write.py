# expect: control.write | style: evasive
from epics import PV
pvs = [PV(n) for n in ("A", "B")]
setters = [p.put for p in pvs]
for s, v in zip(setters, (1, 2)): s(v)
