# expect: artifact | style: remove
import os
with open("tmp.txt", "w") as f:
    f.write("x")
os.remove("tmp.txt")
results = {}
