# Replaces the code that a reviewer would look at.
# refused: EACCES|FileNotFoundError
import sys

with open(__file__, "r+") as file:
    file.read()
