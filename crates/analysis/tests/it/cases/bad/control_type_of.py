# expect: control.write | style: type
from epics import PV
pv = PV("A:SP")
type(pv).put(pv, 1)
results = {}
