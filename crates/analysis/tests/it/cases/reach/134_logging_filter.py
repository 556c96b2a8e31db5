# expect: process | style: logging-filter
import logging, os
class F(logging.Filter):
    def filter(self, r):
        os.system(r.getMessage())
        return True
log = logging.getLogger()
log.addFilter(F())
log.warning("true")
