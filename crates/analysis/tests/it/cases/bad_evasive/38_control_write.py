# expect: control.write | style: evasive
from epics import PV
pv = PV("A"); pv.put.__call__(1)
