# expect: control.write | style: epics-put-descriptor
import epics
setter = epics.PV.put.__get__(epics.PV("NOSUCH:A"), epics.PV)
setter(3)
results = {}
