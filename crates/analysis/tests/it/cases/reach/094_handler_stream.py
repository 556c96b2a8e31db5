# expect: fs.write | style: handler-stream
import logging
logging.basicConfig(filename="/srv/archive/log", level=10)
