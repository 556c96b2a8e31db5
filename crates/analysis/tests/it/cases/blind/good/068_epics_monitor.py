# expect: control.read | style: epics-monitor
import epics
pv = epics.PV("NOSUCH:CURRENT", auto_monitor=True)
values = []
pv.add_callback(lambda pvname=None, value=None, **kw: values.append(value))
results = {"v": pv.get(), "u": pv.units, "n": len(values)}
