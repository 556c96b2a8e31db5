# expect: artifact | style: own-tmp-file
import os
with open("scratch.tmp", "w") as f:
    f.write("x")
os.replace("scratch.tmp", "final.txt")
os.remove("final.txt")
results = {}
