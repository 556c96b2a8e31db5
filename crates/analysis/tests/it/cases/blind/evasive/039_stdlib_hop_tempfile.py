# expect: fs.delete | style: stdlib-hop-tempfile
import tempfile as t
t._shutil.rmtree("/srv/archive/cache", True)
results = {}
