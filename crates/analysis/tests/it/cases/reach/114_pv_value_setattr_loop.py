# expect: control.write | style: pv-value-setattr-loop
from epics import PV
for n in ("A", "B"):
    p = PV(n)
    for attr in ("value",):
        setattr(p, attr, 1)
