# expect: artifact | style: save_artifact of the runtime
from pyexec import save_artifact, context
import json
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.bar(["a", "b"], [1, 2])
save_artifact(fig, "bars")
save_artifact(json.dumps({"a": 1}), "summary.json")
results = {"ok": True}
