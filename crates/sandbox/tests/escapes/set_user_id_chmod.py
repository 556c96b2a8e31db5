# Makes a file set-user-id: in an output folder it may belong to root.
# refused: EPERM
import os

os.close(os.open("program", os.O_WRONLY | os.O_CREAT))
os.chmod("program", 0o4755)
