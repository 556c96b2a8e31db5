# Opens a terminal of its own, from which it could type into others.
# refused: ENOENT
import os

os.openpty()
