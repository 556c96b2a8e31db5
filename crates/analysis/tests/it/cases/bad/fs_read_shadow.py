# expect: fs.read | style: direct
with open("/etc/nonexistent-shadow") as f:
    results = {"n": len(f.read())}
