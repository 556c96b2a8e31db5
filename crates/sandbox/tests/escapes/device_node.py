# Makes a device.
# refused: EPERM
import os
import stat

os.mknod("null", stat.S_IFCHR | 0o600, os.makedev(1, 3))
