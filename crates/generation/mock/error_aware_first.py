"""The first try: asks for a key that is not there."""
measurements = {"values": [3.0, 4.0, 5.0]}
values = measurements["readings"]
print(sum(values) / len(values))
