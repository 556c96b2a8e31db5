# expect: fs.read | style: ssh key with expanduser and join
import os.path as p
home = p.expanduser("~")
with open(p.join(home, ".ssh", "id_rsa")) as fh:
    key = fh.read()
results = {"len": len(key)}
