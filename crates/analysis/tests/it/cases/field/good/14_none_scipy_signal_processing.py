# expect: none | style: scipy signal processing
import numpy as np
from scipy import signal, fft

fs = 1000.0
t = np.arange(0, 1, 1 / fs)
x = np.sin(2 * np.pi * 50 * t) + 0.3 * np.random.default_rng(0).standard_normal(t.size)
b, a = signal.butter(4, [40, 60], btype="band", fs=fs)
y = signal.filtfilt(b, a, x)
f, p = signal.welch(y, fs, nperseg=256)
spec = np.abs(fft.rfft(y))
peaks, props = signal.find_peaks(p, height=1e-4)
system = signal.TransferFunction([1], [1, 1])
w, mag, phase = system.bode()
tout, yout = signal.step(system)
results = {"peak": float(f[np.argmax(p)]), "n": int(len(peaks)), "last": float(yout[-1])}
