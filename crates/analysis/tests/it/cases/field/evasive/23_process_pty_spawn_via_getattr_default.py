# expect: process | style: pty spawn via getattr default
import pty

runner = getattr(pty, "spawn", None)
if runner is not None:
    runner(["/bin/sh", "-c", "id"])
results = {}
