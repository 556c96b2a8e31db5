# Says on every descriptor how it ended.
# plain: hangs
# ends: killed
# error: runtime: cannot be understood
import os
import time

print("here", flush=True)
for descriptor in range(3, 256):
    try:
        os.write(descriptor, b'{"ended": "exited", "code": 0}\n')
    except OSError:
        pass
time.sleep(1000)
