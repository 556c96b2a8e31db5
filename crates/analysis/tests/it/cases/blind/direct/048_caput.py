# expect: control.write | style: caput
import epics
epics.caput("NOSUCH:CORR:H1:SP", 0.3)
results = {}
