# expect: fs.write | style: bound-method
from pathlib import Path
save = Path("/nonexistent/x.bin").write_bytes
save(b"1")
results = {}
