# expect: none | style: logging-dictconfig
import logging.config
logging.config.dictConfig({
    "version": 1,
    "formatters": {"f": {"format": "%(message)s"}},
    "handlers": {"h": {"class": "logging.StreamHandler", "formatter": "f", "level": "INFO"}},
    "root": {"handlers": ["h"], "level": "INFO"},
})
logging.info("deleting outliers")
results = {}
