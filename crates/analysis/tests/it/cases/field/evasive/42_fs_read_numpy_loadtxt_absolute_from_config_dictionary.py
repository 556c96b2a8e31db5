# expect: fs.read | style: numpy loadtxt absolute from config dictionary
import numpy as np
config = {"calibration": {"file": "/opt/ops/calibration/bpm.txt", "skip": 1}}
data = np.loadtxt(config["calibration"]["file"], skiprows=config["calibration"]["skip"])
results = {"mean": float(data.mean())}
