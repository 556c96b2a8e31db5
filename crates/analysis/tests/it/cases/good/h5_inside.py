# expect: artifact | style: h5py
import h5py
import numpy as np
with h5py.File("scan.h5", "w") as f:
    f.create_dataset("x", data=np.arange(3))
    f["x"].attrs["unit"] = "mm"
results = {}
