# expect: control.write | style: tango-getattr-write
import tango
dev = tango.DeviceProxy("nosuch/m/1")
for kind in ("attribute",):
    getattr(dev, f"write_{kind}")("current", 1.5)
results = {}
