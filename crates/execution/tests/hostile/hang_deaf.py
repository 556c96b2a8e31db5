# Ignores whatever signal can be ignored, and stops itself.
# plain: hangs
# ends: deadline
# error: timeout: longer than
import os
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
print("here", flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
