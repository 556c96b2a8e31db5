# expect: control.write | style: subclass
from epics import PV

class Corrector(PV):
    def nudge(self, by):
        self.put(self.get() + by)

Corrector("A:SP").nudge(0.1)
results = {}
