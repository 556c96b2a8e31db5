"""The second try: the key is right, the answer is only printed."""
measurements = {"values": [3.0, 4.0, 5.0]}
values = measurements["values"]
print(sum(values) / len(values))
