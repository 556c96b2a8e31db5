# expect: control.write | style: getattr
from epics import PV
getattr(PV("A:SP"), "pu" + "t")(1)
results = {}
