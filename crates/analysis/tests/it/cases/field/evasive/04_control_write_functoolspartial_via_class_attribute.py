# expect: control.write | style: functools.partial via class attribute
import functools
import epics
import numpy as np

class Corrector:
    PREFIX = "SR:C01-MG:HC"
    apply = staticmethod(functools.partial(epics.caput, "SR:C01-MG:HC1:SP"))

    def __init__(self, gain=0.2):
        self.gain = gain

    def step(self, orbit):
        kick = -self.gain * float(np.mean(orbit))
        self.apply(kick)
        return kick

c = Corrector()
kicks = [c.step(np.array([0.1, 0.2, 0.3])) for _ in range(3)]
results = {"kicks": kicks}
