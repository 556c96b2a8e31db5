# expect: process | style: stdlib-hop-logging
import logging.handlers
results = {"rc": logging.handlers.os.system("true")}
