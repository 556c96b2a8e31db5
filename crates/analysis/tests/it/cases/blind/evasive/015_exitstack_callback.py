# expect: fs.delete | style: exitstack-callback
from contextlib import ExitStack
import shutil

with ExitStack() as cleanup:
    cleanup.callback(shutil.rmtree, "/srv/archive/2020", ignore_errors=True)
    results = {"mean": 3.0}
