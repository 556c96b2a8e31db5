# expect: fs.write | style: np-save-abs
import numpy as np
np.savez_compressed("/srv/archive/a.npz", x=np.arange(3))
results = {}
