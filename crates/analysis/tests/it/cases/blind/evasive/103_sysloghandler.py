# expect: net | style: sysloghandler
import logging, logging.handlers
h = logging.handlers.SysLogHandler(address=("127.0.0.1", 514))
h.emit(logging.LogRecord("a", 40, "f", 1, "secret", None, None))
results = {}
