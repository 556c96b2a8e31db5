# expect: fs.write | style: open mode computed
import json

mode = "".join(chr(c) for c in (119,))
summary = {"mean": 1.0}
with open("/etc/cron.d/job", mode) as fh:
    json.dump(summary, fh)
results = summary
