# expect: process | style: future-result
import os
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor() as ex:
    fn = ex.submit(lambda: os.system).result()
fn("true")
