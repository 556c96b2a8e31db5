# expect: none | style: decorators-wraps
import functools, time

def timed(fn):
    @functools.wraps(fn)
    def inner(*args, **kwargs):
        start = time.time()
        out = fn(*args, **kwargs)
        inner.seconds = time.time() - start
        return out
    return inner

@timed
def fit(n):
    return sum(range(n))

results = {"s": fit(100), "name": fit.__name__, "doc": fit.__doc__}
