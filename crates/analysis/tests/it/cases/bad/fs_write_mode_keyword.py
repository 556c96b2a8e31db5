# expect: fs.write | style: keyword
with open(mode="a", file="/nonexistent/x.log") as f:
    f.write("x")
results = {}
