# Closes every descriptor and goes on.
# plain: exited 0
# ends: exited 0
# error: runtime: before its results were taken
import os

os.closerange(0, 4096)
results = {"x": 1}
os._exit(0)
