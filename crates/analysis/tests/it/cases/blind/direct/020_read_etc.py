# expect: fs.read | style: read-etc
results = {"users": open("/etc/passwd").read().count("\n")}
