# Puts something else in the place of every descriptor.
# plain: exited 0
# ends: exited 0
# error: runtime: before its results were taken
import os

null = os.open("/dev/null", os.O_RDWR)
for descriptor in range(256):
    if descriptor != null:
        os.dup2(null, descriptor)
results = {"x": 1}
os._exit(0)
