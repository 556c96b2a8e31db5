# Leaves through the root of its parent.
# refused: ENOENT
import os

os.listdir(f"/proc/{os.getppid()}/root/home")
