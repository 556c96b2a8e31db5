# expect: fs.write | style: unknown
import sys
with open(sys.argv[1], "w") as f:
    f.write("x")
results = {}
