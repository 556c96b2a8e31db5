# Makes a process without the grant.
# refused: EPERM
import os

pid = os.fork()
if pid == 0:
    os._exit(0)
os.waitpid(pid, 0)
