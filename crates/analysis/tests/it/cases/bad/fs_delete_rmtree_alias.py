# expect: fs.delete | style: from-alias
from shutil import rmtree as clean
clean("/nonexistent/cache")
results = {}
