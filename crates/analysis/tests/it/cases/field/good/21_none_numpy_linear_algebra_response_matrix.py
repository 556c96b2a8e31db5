# expect: none | style: numpy linear algebra response matrix
import numpy as np

rng = np.random.default_rng(3)
R = rng.normal(size=(20, 8))
u, s, vt = np.linalg.svd(R, full_matrices=False)
inv = vt.T @ np.diag(np.where(s > 0.1 * s[0], 1 / s, 0)) @ u.T
orbit = rng.normal(size=20)
kick = -inv @ orbit
residual = orbit + R @ kick
np.put(kick, [0], 0.0)
np.place(kick, kick > 10, 10)
np.copyto(orbit, residual)
results = {"rms_before": float(orbit.std()), "rms_after": float(residual.std())}
