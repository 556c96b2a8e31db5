# Creates a file set-user-id.
# refused: EPERM
import os

os.close(os.open("program", os.O_WRONLY | os.O_CREAT, 0o4755))
