# Begins the protocol again, with a level of isolation of its own choice.
# plain: hangs
# ends: killed
# error: runtime: twice
import json
import os
import struct
import time

header = json.dumps({"type": "ready", "protocol": 1, "python": "9.9", "isolation": "none"}).encode()
os.write(3, struct.pack(">II", len(header), 0) + header)
print("here", flush=True)
time.sleep(1000)
