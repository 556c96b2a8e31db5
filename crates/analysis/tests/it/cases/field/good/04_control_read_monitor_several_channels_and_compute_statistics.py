# expect: control.read | style: monitor several channels and compute statistics
import time
import numpy as np
from pyexec.runtime import read_channel

names = [f"SR:BPM{i:02d}:X" for i in range(1, 9)]
samples = {n: [] for n in names}
for _ in range(3):
    for n in names:
        samples[n].append(read_channel(n))
    time.sleep(0.05)
table = {n: {"mean": float(np.mean(v)), "std": float(np.std(v))} for n, v in samples.items()}
worst = max(table, key=lambda n: table[n]["std"])
results = {"table": table, "worst": worst}
