# expect: control.write | style: evasive
import epics
ops = {"r": "caget", "w": "caput"}
getattr(epics, ops["w"])("A:SP", 1)
