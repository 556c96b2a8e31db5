# Attaches an attribute to a file.
# refused: EPERM
import os

os.close(os.open("file", os.O_WRONLY | os.O_CREAT))
os.setxattr("file", "user.decoy", b"1")
