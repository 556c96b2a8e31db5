# expect: control.read | style: reads
from pyexec.runtime import read_channel
names = [f"BPM:{i:02d}:X" for i in range(4)]
values = [read_channel(name) for name in names]
results = {"mean": sum(values) / len(values)}
