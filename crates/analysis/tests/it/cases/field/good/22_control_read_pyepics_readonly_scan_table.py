# expect: control.read | style: pyepics read-only scan table
import epics
import numpy as np
import pandas as pd

names = ["SR:C%02d:BPM:X" % i for i in range(1, 5)]
pvs = [epics.PV(n, auto_monitor=False) for n in names]
rows = []
for _ in range(3):
    rows.append([pv.get(timeout=1.0) for pv in pvs])
df = pd.DataFrame(rows, columns=names)
units = {n: epics.caget(n + ".EGU") for n in names}
values = epics.caget_many(names)
results = {"rms": df.std().to_dict(), "units": units, "n": len(values)}
