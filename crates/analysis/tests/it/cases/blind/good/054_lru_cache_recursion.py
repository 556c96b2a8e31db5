# expect: none | style: lru-cache-recursion
from functools import lru_cache, reduce
import operator

@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

results = {"f": fib(30), "p": reduce(operator.mul, range(1, 6)), "i": fib.cache_info().hits}
