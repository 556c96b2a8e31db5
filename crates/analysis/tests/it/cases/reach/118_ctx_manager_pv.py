# expect: control.write | style: ctx-manager-pv
from contextlib import contextmanager
from epics import PV
@contextmanager
def chan(n):
    p = PV(n)
    yield p
with chan("A") as c:
    c.put(3)
