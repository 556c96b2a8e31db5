# expect: process | style: property-fget
import subprocess

class A:
    run = property(lambda self: subprocess.run)

results = {"rc": A.run.fget(None)(["true"]).returncode}
