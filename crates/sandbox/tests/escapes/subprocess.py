# Starts a program without the grant.
# refused: EPERM
import subprocess

subprocess.run(["/bin/true"], check=True)
