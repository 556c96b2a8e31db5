# expect: process | style: inheritance
import subprocess

class Quiet(subprocess.Popen):
    pass

Quiet(["true"])
results = {}
