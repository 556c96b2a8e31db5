# expect: fs.write | style: library
import h5py
with h5py.File("/nonexistent/scan.h5", "a") as f:
    f["x"] = 1
results = {}
