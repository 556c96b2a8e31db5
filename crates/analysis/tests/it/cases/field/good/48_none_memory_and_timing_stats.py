# expect: none | style: memory and timing stats
import platform
import sys
import time
import timeit
import tracemalloc

tracemalloc.start()
t0 = time.monotonic()
values = [i * i for i in range(10000)]
elapsed = time.monotonic() - t0
cur, peak = tracemalloc.get_traced_memory()
t = timeit.timeit(lambda: sum(values), number=10)
results = {"elapsed": elapsed, "peak": peak, "size": sys.getsizeof(values), "v": platform.python_version(), "t": t}
