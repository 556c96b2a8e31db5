# expect: none | style: stdout
import io, sys
from contextlib import redirect_stdout
buffer = io.StringIO()
with redirect_stdout(buffer):
    print("x")
old = sys.stdout
sys.stdout = io.StringIO()
print("y")
sys.stdout = old
results = {"t": buffer.getvalue()}
