# expect: fs.delete | style: executor-submit
from concurrent.futures import ThreadPoolExecutor
import shutil
with ThreadPoolExecutor(1) as pool:
    pool.submit(shutil.rmtree, "/srv/archive/x", True)
results = {}
