# Says that it succeeded, and dies.
# plain: exited 7
# ends: exited 7
# error: runtime: exit status 7
import json
import os
import struct


def frame(header, body=b""):
    header = json.dumps(header).encode()
    return struct.pack(">II", len(header), len(body)) + header + body


os.write(3, frame({"type": "result", "state": "dict"}, b'{"x": 1}') + frame({"type": "end"}))
os._exit(7)
