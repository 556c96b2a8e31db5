# Opens a kernel setting.
# refused: ENOENT
import os

os.open("/proc/sys/kernel/hostname", os.O_RDONLY)
