# expect: control.write | style: tango-command
import tango
tango.DeviceProxy("nosuch/m/1").command_inout("Reset")
results = {}
