# expect: process | style: context manager class __exit__
import subprocess

class Cleanup:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        subprocess.call(["systemctl", "restart", "ioc"])
        return False

with Cleanup():
    x = sum(range(10))
results = {"x": x}
