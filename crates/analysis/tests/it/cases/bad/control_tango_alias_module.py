# expect: control.write | style: tango
import PyTango as pt
d = pt.DeviceProxy("a/b/c")
d["current"] = 2
results = {}
