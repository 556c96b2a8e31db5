# Reads a file that nobody granted.
# refused: ENOENT
import os

with open(os.environ["DECOY_SECRET"]) as file:
    print(file.read())
