"""Writes a channel of the control system."""
from pyexec.runtime import write_channel

write_channel("MOCK:MAGNET:SP", 2.5)

results = {"channel": "MOCK:MAGNET:SP", "written": 2.5}
