# expect: fs.write | style: nt-file-dir
import tempfile
tempfile.NamedTemporaryFile(dir="/srv/archive", delete=False)
