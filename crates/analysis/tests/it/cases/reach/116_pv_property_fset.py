# expect: control.write | style: pv-property-fset
from epics import PV
PV.value.fset(PV("A"), 1)
