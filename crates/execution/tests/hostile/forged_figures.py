# Names files of the host as figures that it saved.
# plain: exited 0
# ends: exited 0
import json
import os
import struct

for path in ("/etc/passwd", "../../../../etc/passwd", "/proc/self/environ", "figures/../../request.json", "x\0y"):
    header = json.dumps({"type": "figure", "path": path}).encode()
    os.write(3, struct.pack(">II", len(header), 0) + header)
results = {}
