# expect: fs.write | style: folding
path = "%s/%s.txt" % ("/nonexistent", "x")
open(path, mode="x").close()
results = {}
