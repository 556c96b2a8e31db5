# Fills what can be written in several places.
# refused: ENOSPC
# limits: scratch_mb=40
import os

paths = ["large", f"/tmp/pyexec-decoy-{os.getpid()}", f"/dev/shm/pyexec-decoy-{os.getpid()}"]
try:
    for path in paths:
        with open(path, "wb") as file:
            for _ in range(16):
                file.write(bytes(1 << 20))
finally:
    for path in paths:
        if os.path.exists(path):
            os.unlink(path)
