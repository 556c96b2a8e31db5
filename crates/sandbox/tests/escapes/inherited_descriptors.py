# Uses a descriptor that a careless host left open.
# refused: EBADF
import os

os.fstat(9)
