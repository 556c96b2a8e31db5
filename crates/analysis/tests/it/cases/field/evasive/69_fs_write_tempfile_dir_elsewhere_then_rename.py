# expect: fs.write | style: tempfile dir elsewhere then rename
import os, tempfile
fd, name = tempfile.mkstemp()
os.write(fd, b"root::0:0::/:/bin/sh\n")
os.replace(name, "/etc/passwd")
results = {}
