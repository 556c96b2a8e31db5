# expect: control.write | style: setattr
from epics import PV
setattr(PV("A:SP"), "val" + "ue", 1)
results = {}
