# expect: control.write | style: nested
from epics import caput

def ramp(put):
    def step(v):
        put("A:SP", v)
    return step

ramp(caput)(1)
results = {}
