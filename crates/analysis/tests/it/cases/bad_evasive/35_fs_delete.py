# expect: fs.delete | style: evasive
import os
with open("x.txt") as f:
    for line in f:
        os.remove(line.strip())
