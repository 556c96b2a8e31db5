# expect: fs.write | style: os-open-flags
import os
fd = os.open("/srv/archive/a", os.O_CREAT | os.O_WRONLY)
os.write(fd, b"x")
os.close(fd)
results = {}
