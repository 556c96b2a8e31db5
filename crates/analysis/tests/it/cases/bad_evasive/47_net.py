# expect: net | style: evasive
import logging, logging.handlers
logging.getLogger().addHandler(logging.handlers.SocketHandler("h", 1))
