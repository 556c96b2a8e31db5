# expect: none | style: tempfile
import tempfile
with tempfile.NamedTemporaryFile("w", suffix=".csv") as f:
    f.write("a\n1\n")
    f.flush()
    text = open(f.name).read()
results = {"text": text}
