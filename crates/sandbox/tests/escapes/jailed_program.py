# Reads a secret with a program, processes granted.
# refused: subprocess.CalledProcessError
# grants: process
import os
import subprocess

subprocess.run(["/bin/cat", os.environ["DECOY_SECRET"]], check=True)
