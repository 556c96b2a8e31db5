# Makes processes until nothing else can.
# refused: EAGAIN
# grants: process
# limits: processes=32
import os
import signal

children = []
try:
    for _ in range(200):
        pid = os.fork()
        if pid == 0:
            signal.pause()
        children.append(pid)
finally:
    for pid in children:
        os.kill(pid, signal.SIGKILL)
