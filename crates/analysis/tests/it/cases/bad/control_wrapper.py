# expect: control.write | style: wrapper
import epics

class Magnet:
    def __init__(self, name):
        self.sp = epics.PV(name + ":SP")

    def set(self, value):
        self.sp.put(value)

Magnet("Q1").set(3.0)
results = {}
