# Finds the host's secrets in the environment that it was started with.
# refused: LookupError
with open("/proc/self/environ", "rb") as file:
    if b"DECOY=" not in file.read():
        raise LookupError("it is not there")
