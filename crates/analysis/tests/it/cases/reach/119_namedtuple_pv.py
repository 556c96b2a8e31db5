# expect: control.write | style: namedtuple-pv
from typing import NamedTuple
from epics import PV
class Axis(NamedTuple):
    name: str
    pv: PV
a = Axis("x", PV("A"))
a.pv.put(1)
