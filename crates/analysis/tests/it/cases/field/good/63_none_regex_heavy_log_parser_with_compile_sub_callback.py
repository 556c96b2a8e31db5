# expect: none | style: regex heavy log parser with compile, sub callback
import re
from collections import Counter
LOG = """12:00:01 ERROR psu tripped code=17
12:00:02 INFO ok
12:00:03 ERROR rf code=3"""
pat = re.compile(r"^(?P<t>\S+) (?P<lvl>\w+) (?P<msg>.*)$", re.M)
rows = [m.groupdict() for m in pat.finditer(LOG)]
c = Counter(r["lvl"] for r in rows)
clean = re.sub(r"code=(\d+)", lambda m: f"<{int(m.group(1)):03d}>", LOG)
results = {"counts": dict(c), "clean": clean.splitlines()[0]}
