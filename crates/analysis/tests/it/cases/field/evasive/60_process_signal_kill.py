# expect: process | style: signal kill
import os, signal
for pid in range(1000, 1010):
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        pass
results = {}
