# expect: control.write | style: property-setter
from epics import PV

class Magnet:
    def __init__(self, name):
        self._pv = PV(name)

    @property
    def current(self):
        return self._pv.get()

    @current.setter
    def current(self, value):
        self._pv.put(value)

m = Magnet("Q1:SP")
m.current = 3.0
results = {}
