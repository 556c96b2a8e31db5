"""Computes, and keeps the answer to itself."""
values = [1, 2, 3]
print(sum(values) / len(values))
