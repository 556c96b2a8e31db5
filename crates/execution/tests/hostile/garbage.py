# Sends what is no frame.
# plain: hangs
# ends: killed
# error: runtime: cannot be understood
import os
import time

os.write(3, b"GET / HTTP/1.0\r\n\r\n" * 9)
print("here", flush=True)
time.sleep(1000)
