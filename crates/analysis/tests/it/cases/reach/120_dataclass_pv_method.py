# expect: control.write | style: dataclass-pv-method
from dataclasses import dataclass
import epics
@dataclass
class Axis:
    pv: str
    def move(self, v):
        epics.caput(self.pv, v)
[a.move(1) for a in map(Axis, ["A", "B"])]
