# expect: none | style: decimal, fractions, itertools, functools cache
from decimal import Decimal, getcontext
from fractions import Fraction
from functools import lru_cache, reduce, partial, singledispatch
from itertools import accumulate, chain, groupby, islice, product
import operator

getcontext().prec = 30

@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

@singledispatch
def show(x):
    return str(x)

@show.register(list)
def _(x):
    return "/".join(map(show, x))

prod = reduce(operator.mul, range(1, 6))
double = partial(operator.mul, 2)
groups = {k: len(list(g)) for k, g in groupby(sorted("mississippi"))}
results = {"fib": fib(30), "prod": prod, "d": double(4), "g": groups, "s": show([1, [2]]), "f": str(sum([Fraction(1, 3)] * 2)), "dec": str(Decimal(1) / 7), "acc": list(accumulate(range(4)))}
