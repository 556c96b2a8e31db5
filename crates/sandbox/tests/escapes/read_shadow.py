# Reads the password file.
# refused: ENOENT
with open("/etc/shadow") as file:
    file.read()
