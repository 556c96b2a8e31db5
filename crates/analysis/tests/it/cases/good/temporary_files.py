# expect: none | style: tempfile
import tempfile, os
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "a.txt")
    with open(path, "w") as f:
        f.write("x")
    results = {"n": os.path.getsize(path)}
