# Blames the sandbox, so that it would be tried again.
# plain: exited 0
# ends: exited 0
# error: runtime: no namespaces
import json
import os
import struct

header = json.dumps({"type": "error", "kind": "sandbox", "message": "no namespaces"}).encode()
os.write(3, struct.pack(">II", len(header), 0) + header)
results = {}
