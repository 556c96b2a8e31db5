# expect: none | style: decorators
import functools, time

def timed(f):
    @functools.wraps(f)
    def inner(*args, **kwargs):
        start = time.perf_counter()
        value = f(*args, **kwargs)
        return value, time.perf_counter() - start
    return inner

@timed
def work(n):
    return sum(range(n))

@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

results = {"w": work(10)[0], "f": fib(20)}
