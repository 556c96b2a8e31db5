# expect: control.write | style: setattr on device value
import epics

class Wrapper:
    def __init__(self, name):
        self.pv = epics.PV(name)

    def __setitem__(self, key, value):
        setattr(self.pv, "value", value)

w = Wrapper("LN:RF:PHASE")
w["phase"] = 12.5
results = {"done": True}
