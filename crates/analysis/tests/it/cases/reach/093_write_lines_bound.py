# expect: fs.write | style: write-lines-bound
w = open("/srv/archive/x", "w").write
w("x")
