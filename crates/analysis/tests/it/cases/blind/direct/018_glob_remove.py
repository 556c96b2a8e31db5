# expect: fs.delete | style: glob-remove
import glob, os
for name in glob.glob("/srv/archive/*.tmp"):
    os.remove(name)
os.remove("/srv/archive/a.tmp")
results = {}
