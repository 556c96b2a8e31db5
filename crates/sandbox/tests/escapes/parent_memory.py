# Opens the memory of its parent.
# refused: ENOENT
import os

os.open(f"/proc/{os.getppid()}/mem", os.O_RDONLY)
