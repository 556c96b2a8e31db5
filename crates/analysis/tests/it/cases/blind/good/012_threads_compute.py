# expect: none | style: threads-compute
from concurrent.futures import ThreadPoolExecutor, as_completed

def area(n):
    return sum(i * i for i in range(n))

with ThreadPoolExecutor(max_workers=4) as pool:
    futures = {pool.submit(area, n): n for n in (10, 20)}
    results = {str(futures[f]): f.result() for f in as_completed(futures)}
