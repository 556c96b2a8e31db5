# expect: artifact | style: logging-dictconfig-file
import logging.config
logging.config.dictConfig({"version": 1, "handlers": {"h": {"class": "logging.FileHandler", "filename": "run.log"}}})
results = {}
