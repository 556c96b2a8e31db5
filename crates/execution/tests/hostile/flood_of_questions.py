# Asks for channels and never listens.
# plain: hangs
# ends: deadline
# error: timeout: longer than
import json
import os
import struct

header = json.dumps({"type": "channel", "id": 1, "request": {"op": "read", "name": "A"}}).encode()
frame = struct.pack(">II", len(header), 0) + header
print("here", flush=True)
while True:
    os.write(3, frame)
