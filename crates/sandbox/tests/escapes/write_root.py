# Adds a folder to the root.
# refused: EROFS
import os

os.mkdir("/pyexec-escape")
os.rmdir("/pyexec-escape")
