# expect: control.write | style: tango attribute assignment
import tango
import numpy as np

proxies = {n: tango.DeviceProxy(f"sr/ps/{n}") for n in ("q1", "q2")}
for p in proxies.values():
    current = p.read_attribute("Current").value
    p.Current = current * 1.01
results = {"n": len(proxies)}
