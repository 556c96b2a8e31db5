# expect: control.read | style: tango-read
import tango
d = tango.DeviceProxy("nosuch/m/1")
results = {"c": d.read_attribute("current").value, "s": str(d.state()), "p": d.current}
