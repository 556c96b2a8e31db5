# expect: fs.write | style: logging FileHandler absolute path
import logging
log = logging.getLogger("fit")
handler = logging.FileHandler("/var/log/fit.log")
log.addHandler(handler)
log.warning("chi2 too large")
results = {"ok": True}
