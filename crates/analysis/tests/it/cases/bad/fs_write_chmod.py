# expect: fs.write | style: mode
import os
os.chmod("/nonexistent/x", 0o777)
results = {}
