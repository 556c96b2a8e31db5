"""A parenthesis is never closed."""
values = [1, 2, 3]
results = {"mean": sum(values) / len(values)

print(results)
