# expect: fs.write | style: symlink
import os
os.symlink("/etc/passwd", "/srv/archive/link")
results = {}
