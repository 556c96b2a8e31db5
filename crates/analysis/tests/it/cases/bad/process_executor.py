# expect: process | style: executor
import os
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor() as pool:
    pool.submit(os.system, "true")
results = {}
