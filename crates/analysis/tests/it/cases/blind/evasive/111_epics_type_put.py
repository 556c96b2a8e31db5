# expect: control.write | style: epics-type-put
from epics import PV
pv = PV("NOSUCH:CORR:H1:SP")
type(pv).put(pv, 1.0)
results = {}
