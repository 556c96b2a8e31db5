# expect: control.write | style: container
import epics
pvs = {name: epics.PV(name) for name in ["A:SP", "B:SP"]}
for pv in pvs.values():
    pv.put(1)
results = {}
