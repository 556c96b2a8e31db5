# expect: none | style: exit
import sys
results = {"v": 1}
if results["v"] > 2:
    sys.exit(0)
