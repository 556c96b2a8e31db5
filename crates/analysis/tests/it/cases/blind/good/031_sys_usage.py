# expect: none | style: sys-usage
import sys
sys.stdout.write("start\n")
print("warn", file=sys.stderr)
if sys.version_info < (3, 8):
    sys.exit(1)
results = {"max": sys.maxsize, "rec": sys.getrecursionlimit()}
