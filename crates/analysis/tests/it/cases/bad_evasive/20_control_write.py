# expect: control.write | style: evasive
from tango import DeviceProxy
d = DeviceProxy("a/b/c")
d.write_attribute_asynch("x", 1)
