# expect: control.write | style: epics Device attribute
from epics import Device
dev = Device("XF:31ID:m1.", attrs=("VAL", "RBV", "HLM"))
pos = dev.get("RBV")
dev.put("VAL", pos + 1)
results = {"pos": pos}
