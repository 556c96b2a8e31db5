# expect: control.read | style: reads
import tango
d = tango.DeviceProxy("a/b/c")
results = {"v": d.read_attribute("current").value, "s": str(d.state())}
