# expect: fs.write | style: rename
import os
os.rename("x.txt", "/nonexistent/x.txt")
results = {}
