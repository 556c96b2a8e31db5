# expect: control.write | style: unbound
from epics import PV
PV.put(PV("A:SP"), 1)
results = {}
