# expect: artifact | style: context
from pyexec import context, save_artifact
import matplotlib.pyplot as plt
plt.plot(context.DATA.x.values)
plt.savefig(f"{context.DATA.x.name}.png")
save_artifact({"a": 1}, "a.json")
results = {}
