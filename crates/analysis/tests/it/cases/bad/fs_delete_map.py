# expect: fs.delete | style: map
import os
list(map(os.remove, ["/nonexistent/a", "/nonexistent/b"]))
results = {}
