# expect: fs.write | style: default-argument
writer = lambda text, opener=open: opener("/nonexistent/x", "w").write(text)
writer("x")
results = {}
