# expect: fs.write | style: folding
import numpy as np
root = "/".join(["", "nonexistent", "share"])
np.save(root + "/" + "array" + ".npy", np.zeros(3))
results = {}
