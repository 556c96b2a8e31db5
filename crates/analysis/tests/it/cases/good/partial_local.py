# expect: none | style: partial
from functools import partial, reduce

def power(base, exponent):
    return base ** exponent

square = partial(power, exponent=2)
results = {"v": square(3), "r": reduce(lambda a, b: a + b, [1, 2, 3])}
