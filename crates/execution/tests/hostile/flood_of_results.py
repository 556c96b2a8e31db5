# Reports results without end, each as large as may be.
# plain: hangs
# ends: deadline
# error: timeout: was stopped
import json
import os
import struct

header = json.dumps({"type": "result", "state": "dict"}).encode()
body = b'{"x": "' + b"y" * (4 << 20) + b'"}'
frame = struct.pack(">II", len(header), len(body)) + header + body
print("here", flush=True)
while True:
    rest = memoryview(frame)
    while rest:
        rest = rest[os.write(3, rest) :]
