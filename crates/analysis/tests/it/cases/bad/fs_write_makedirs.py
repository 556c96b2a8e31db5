# expect: fs.write | style: direct
import os
os.makedirs("/nonexistent/a/b", exist_ok=True)
results = {}
