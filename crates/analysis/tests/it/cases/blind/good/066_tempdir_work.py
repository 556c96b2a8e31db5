# expect: artifact | style: tempdir-work
import tempfile, os
with tempfile.TemporaryDirectory() as d:
    p = os.path.join(d, "x.txt")
    with open(p, "w") as f:
        f.write("x")
    results = {"n": os.path.getsize(p)}
