# Starts a shell the C library's way.
# refused: PermissionError
import os

if os.system("true") != 0:
    raise PermissionError("no shell")
