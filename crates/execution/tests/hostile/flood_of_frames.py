# Reports figures without end.
# plain: hangs
# ends: deadline
# error: timeout: longer than
import json
import os
import struct

header = json.dumps({"type": "figure", "path": "figures/x.png"}).encode()
frames = (struct.pack(">II", len(header), 0) + header) * 500
print("here", flush=True)
while True:
    os.write(3, frames)
