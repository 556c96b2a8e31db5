# expect: control.write | style: context-manager
from contextlib import contextmanager
from epics import PV

@contextmanager
def channel(name):
    yield PV(name)

with channel("A:SP") as pv:
    pv.put(1)
results = {}
