# Reads the environment of its parent, which knows the host's secrets.
# refused: ENOENT
import os

with open(f"/proc/{os.getppid()}/environ", "rb") as file:
    file.read()
