# expect: control.write | style: epics-subclass-super
from epics import PV

class Ramped(PV):
    def nudge(self, by):
        return super().put(self.get() + by)

Ramped("NOSUCH:CORR:H1:SP").nudge(0.1)
results = {}
