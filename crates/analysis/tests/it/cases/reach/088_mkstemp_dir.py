# expect: fs.write | style: mkstemp-dir
import tempfile
tempfile.mkstemp(dir="/srv/archive")
