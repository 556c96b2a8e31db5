# Takes a handle of a process.
# refused: EPERM
import os

os.pidfd_open(os.getpid())
