# expect: fs.write | style: bytes
open(b"/nonexistent/x", "wb").close()
results = {}
