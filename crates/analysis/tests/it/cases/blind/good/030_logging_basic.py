# expect: none | style: logging-basic
import logging
logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
log = logging.getLogger(__name__)
log.info("deleting outliers; executing fit; connecting points")
results = {}
