# expect: fs.write | style: print
print("x", file=open("/nonexistent/x", "w"))
results = {}
