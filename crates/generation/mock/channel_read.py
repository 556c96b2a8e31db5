"""Reads a channel of the control system."""
from pyexec.runtime import read_channel

current = read_channel("MOCK:BEAM:CURRENT")

results = {"channel": "MOCK:BEAM:CURRENT", "value": current}
