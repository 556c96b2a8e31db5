# expect: control.write | style: write-channel
from pyexec.runtime import write_channel
write_channel("NOSUCH:CORR:H1:SP", 0.3)
results = {}
