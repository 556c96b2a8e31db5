# Lists what runs on the host.
# refused: LookupError
import os

others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
if not others:
    raise LookupError("there is nobody else")
