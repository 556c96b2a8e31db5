# expect: fs.write | style: library
import logging
logging.basicConfig(filename="/nonexistent/x.log")
results = {}
