# expect: none | style: function-counter
import functools

def counted(fn):
    @functools.wraps(fn)
    def inner(*args):
        inner.calls += 1
        return fn(*args)
    inner.calls = 0
    return inner

@counted
def system(x):
    return x + 1

system(1)
results = {"calls": system.calls, "plain": system.__wrapped__(2), "defaults": system.__defaults__}
