# Reads the environment of another process.
# refused: ENOENT
import os

with open(f"/proc/{os.environ['DECOY_PID']}/environ", "rb") as file:
    assert b"DECOY=" in file.read()
