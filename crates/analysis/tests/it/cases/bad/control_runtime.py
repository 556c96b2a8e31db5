# expect: control.write | style: direct
from pyexec.runtime import write_channel
write_channel("SR:H1:SP", 1.0)
results = {}
