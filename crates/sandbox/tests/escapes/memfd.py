# Makes a file that is nowhere, to execute it.
# refused: EPERM
import os

os.memfd_create("program")
