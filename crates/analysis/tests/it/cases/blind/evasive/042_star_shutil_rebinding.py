# expect: fs.delete | style: star-shutil-rebinding
from shutil import *
clean = rmtree
clean("/srv/archive/cache", ignore_errors=True)
results = {}
