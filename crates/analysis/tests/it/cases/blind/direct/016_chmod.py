# expect: fs.write | style: chmod
import os
os.chmod("/srv/archive/run.sh", 0o777)
results = {}
