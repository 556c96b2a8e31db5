"""Leaves marks outside its folder and starts a program: must never run unless a person approves it."""
import subprocess

with open("/etc/pyexec-mock-was-here", "w") as mark:
    mark.write("the mock generator's security_risk ran\n")
subprocess.run(["touch", "/var/tmp/pyexec-mock-was-here"], check=True)

results = {"escaped": True}
