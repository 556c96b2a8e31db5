# Pid 1 of a container, until the package that the host brings along is there: nothing of ours is in the image.
import json
import os
import sys


def take(size):
    parts = b""
    while len(parts) < size:
        part = os.read(0, size - len(parts))
        if not part:
            os._exit(1)
        parts += part
    return parts


files = json.loads(take(int.from_bytes(take(4), "big")))
os.mkdir("/pyexec/pyexec")
for name, text in files.items():
    with open("/pyexec/pyexec/" + name, "w", encoding="utf-8") as file:
        file.write(text)
sys.path.append("/pyexec")
from pyexec._container import main  # noqa: E402

raise SystemExit(main())
