# expect: fs.write | style: mode-computed
modes = {"r": "rb", "s": "".join(reversed("bw"))}
handle = open("/srv/archive/a.bin", modes["s"])
handle.close()
results = {}
