# expect: fs.write | style: np.save with absolute path in class property
import numpy as np
from pathlib import Path

class Store:
    def __init__(self, root):
        self._root = Path(root)

    @property
    def root(self):
        return self._root

    def path(self, name):
        return self.root / f"{name}.npy"

store = Store("/data/beam")
np.save(store.path("orbit"), np.zeros(4))
results = {"saved": True}
