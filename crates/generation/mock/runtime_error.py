"""Divides by the length of an empty list."""
values = []
results = {"mean": sum(values) / len(values)}
