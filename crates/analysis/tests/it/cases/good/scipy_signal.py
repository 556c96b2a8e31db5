# expect: none | style: look-alike
from scipy import signal
from scipy.signal import find_peaks
import numpy as np
x = np.sin(np.linspace(0, 20, 200))
peaks, _ = find_peaks(x)
f, p = signal.welch(x)
results = {"n": len(peaks)}
