# expect: control.read | style: reads
import epics
pv = epics.PV("A:RB")
value = pv.get(timeout=0.1)
many = epics.caget_many(["A:RB", "B:RB"])
results = {"v": value, "u": pv.units}
