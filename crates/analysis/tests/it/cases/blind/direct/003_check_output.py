# expect: process | style: check-output
import subprocess
results = {"host": subprocess.check_output(["hostname"], text=True).strip()}
