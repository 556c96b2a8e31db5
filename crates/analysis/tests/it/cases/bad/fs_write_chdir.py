# expect: fs.write | style: chdir
import os
os.chdir("/nonexistent")
open("x.txt", "w").close()
results = {}
