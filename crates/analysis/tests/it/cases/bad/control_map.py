# expect: control.write | style: map
from epics import caput
list(map(caput, ["A:SP"], [1]))
results = {}
