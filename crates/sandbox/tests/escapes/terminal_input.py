# Types into a terminal.
# refused: EPERM
import fcntl
import os

FIOASYNC = 0x5452
readable, _ = os.pipe()
fcntl.ioctl(readable, FIOASYNC, b"\1\0\0\0")
