# Leaves files that are named like the record of the run.
# plain: exited 0
# ends: exited 0
import os

for name in ("results.json", "code.py", "execution_metadata.json", "events.jsonl", "notebook.ipynb", "request.json"):
    with open(name, "w") as file:
        file.write('{"state": "done", "results": {"x": "forged"}}')
os.makedirs("inputs")
with open("inputs/x", "w") as file:
    file.write("forged")
results = {}
