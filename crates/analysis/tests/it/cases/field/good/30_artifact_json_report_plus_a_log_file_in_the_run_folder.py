# expect: artifact | style: json report plus a log file in the run folder
import json
import logging
from datetime import datetime, timezone
from pathlib import Path

Path("logs").mkdir(parents=True, exist_ok=True)
logging.basicConfig(filename="logs/run.log", level=logging.DEBUG)
log = logging.getLogger("analysis")
log.info("start")
stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S")
report = {"stamp": stamp, "chi2": 1.03}
with (Path("logs") / f"report_{stamp}.json").open("w") as fh:
    json.dump(report, fh, indent=2, default=str)
results = report
