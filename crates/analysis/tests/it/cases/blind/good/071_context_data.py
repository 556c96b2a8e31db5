# expect: none | style: context-data
from pyexec import context
data = context.ARCHIVE.beam
rows = data["values"]
results = {"mean": sum(rows) / len(rows)}
