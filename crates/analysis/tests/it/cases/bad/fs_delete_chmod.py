# expect: fs.delete | style: mode
import os
os.chmod("/nonexistent/x", 0o777)
results = {}
