# expect: artifact | style: pickle cache in the run folder created by the script
import pickle
from pathlib import Path
import numpy as np

cache = Path("cache.pkl")

def compute():
    return {"a": np.arange(3)}

if cache.exists():
    with cache.open("rb") as f:
        data = pickle.load(f)
else:
    data = compute()
    with cache.open("wb") as f:
        pickle.dump(data, f)
results = {"n": len(data["a"])}
