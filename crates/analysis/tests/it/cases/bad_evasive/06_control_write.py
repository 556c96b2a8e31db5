# expect: control.write | style: evasive
from epics import PV
class M:
    sp = PV("A:SP")
M.sp.put(1)
