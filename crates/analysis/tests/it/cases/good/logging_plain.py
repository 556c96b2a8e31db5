# expect: none | style: logging
import logging
logging.basicConfig(level=logging.INFO)
log = logging.getLogger(__name__)
log.info("x %s", 1)
results = {}
