# expect: none | style: signal-module-scipy
import numpy as np
from scipy import signal, fft, optimize, integrate
t = np.linspace(0, 1, 100)
peaks, _ = signal.find_peaks(np.sin(20 * t))
sol = integrate.solve_ivp(lambda t, y: -y, (0, 1), [1.0])
opt = optimize.minimize(lambda x: (x[0] - 1) ** 2, [0.0])
results = {"n": len(peaks), "y": float(sol.y[0, -1]), "x": float(opt.x[0])}
