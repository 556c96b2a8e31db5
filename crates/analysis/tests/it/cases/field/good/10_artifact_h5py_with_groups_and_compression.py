# expect: artifact | style: h5py with groups and compression
import h5py
import numpy as np

with h5py.File("scan.h5", "w") as f:
    g = f.create_group("entry/data")
    g.create_dataset("counts", data=np.arange(100), compression="gzip")
    g.attrs["units"] = "cts"
    del f["entry/data/counts"]
    g["counts"] = np.arange(50)
with h5py.File("scan.h5", "r") as f:
    total = int(f["entry/data/counts"][...].sum())
results = {"total": total}
