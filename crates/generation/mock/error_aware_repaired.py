"""The repaired one: the key is right, the answer is in `results`."""
measurements = {"values": [3.0, 4.0, 5.0]}
values = measurements["values"]
results = {"mean": sum(values) / len(values)}
print(results["mean"])
