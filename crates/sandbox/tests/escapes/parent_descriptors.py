# Writes on a descriptor of its parent: the status line, for one.
# refused: ENOENT
import os

os.listdir(f"/proc/{os.getppid()}/fd")
