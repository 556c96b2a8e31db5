# expect: control.write | style: loop
from epics import PV
for name in ("A:SP", "B:SP"):
    PV(name).put(0.0)
results = {}
