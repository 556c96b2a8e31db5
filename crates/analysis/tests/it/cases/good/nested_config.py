# expect: input, artifact | style: config
import json
config = {"input": "data.csv", "output": {"figure": "fig.png"}}
with open(config["input"]) as f:
    n = len(f.readlines())
import matplotlib.pyplot as plt
plt.plot([n])
plt.savefig(config["output"]["figure"])
results = {"n": n}
