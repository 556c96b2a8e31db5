# expect: none | style: linprog-system
import numpy as np
system = np.array([[2.0, 1.0], [1.0, 3.0]])
call = np.linalg.solve
run = call(system, [1.0, 2.0])
popen = run.sum()
results = {"x": run.tolist(), "s": float(popen)}
