# expect: fs.write | style: logging-filehandler
import logging
log = logging.getLogger("x")
log.addHandler(logging.FileHandler(filename="/srv/archive/app.log"))
log.warning("x")
results = {}
