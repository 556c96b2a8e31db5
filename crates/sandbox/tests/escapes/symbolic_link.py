# Reads a secret through a symbolic link of its own.
# refused: ENOENT
import os

os.symlink(os.environ["DECOY_SECRET"], "link")
with open("link") as file:
    print(file.read())
