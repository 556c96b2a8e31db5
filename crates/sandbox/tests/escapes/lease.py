# Takes a lease on an input: whoever opens it on the host then waits.
# refused: EPERM
import fcntl
import os

descriptor = os.open(os.environ["DECOY_INPUT"], os.O_RDONLY)
fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
