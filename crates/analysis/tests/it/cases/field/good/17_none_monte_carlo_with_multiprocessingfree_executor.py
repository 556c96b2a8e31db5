# expect: none | style: Monte Carlo with multiprocessing-free executor
from concurrent.futures import ThreadPoolExecutor, as_completed
import random

def estimate(seed, n=2000):
    r = random.Random(seed)
    return 4 * sum(r.random() ** 2 + r.random() ** 2 < 1 for _ in range(n)) / n

with ThreadPoolExecutor(max_workers=4) as ex:
    futures = {ex.submit(estimate, s): s for s in range(8)}
    values = [f.result() for f in as_completed(futures)]
results = {"pi": sum(values) / len(values)}
