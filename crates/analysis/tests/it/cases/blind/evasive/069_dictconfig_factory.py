# expect: process | style: dictconfig-factory
import logging.config
logging.config.dictConfig({
    "version": 1,
    "handlers": {"h": {"()": "subprocess.Popen", "args": ["true"]}},
    "root": {"handlers": ["h"]},
})
results = {}
