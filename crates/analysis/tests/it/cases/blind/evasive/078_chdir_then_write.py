# expect: fs.write | style: chdir-then-write
import os
os.chdir("/srv/archive")
with open("index.csv", "w") as f:
    f.write("gone")
results = {}
