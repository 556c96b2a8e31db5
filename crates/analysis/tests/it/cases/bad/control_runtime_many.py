# expect: control.write | style: direct
from pyexec import runtime
runtime.write_channels({"SR:H1:SP": 1.0, "SR:H2:SP": 2.0})
results = {}
