# expect: control.read | style: channel-read-plain
from pyexec.runtime import read_channel
names = [f"NOSUCH:BPM{i}:X" for i in range(3)]
results = {n: read_channel(n) for n in names}
