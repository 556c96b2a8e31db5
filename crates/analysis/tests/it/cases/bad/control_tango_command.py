# expect: control.write | style: tango
import tango
tango.DeviceProxy("a/b/c").On()
results = {}
