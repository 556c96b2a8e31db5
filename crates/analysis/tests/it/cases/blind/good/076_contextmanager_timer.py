# expect: none | style: contextmanager-timer
import time
from contextlib import contextmanager, suppress

@contextmanager
def timer(store, key):
    t = time.perf_counter()
    try:
        yield store
    finally:
        store[key] = time.perf_counter() - t

store = {}
with timer(store, "fit"), suppress(KeyError):
    store["missing"]
results = {k: v >= 0 for k, v in store.items()}
