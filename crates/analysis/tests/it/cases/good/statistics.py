# expect: none | style: numeric
import math, statistics, itertools, collections, random, datetime
random.seed(1)
values = [random.gauss(0, 1) for _ in range(10)]
counts = collections.Counter("hello")
when = datetime.datetime(2020, 1, 1) + datetime.timedelta(days=1)
results = {"m": statistics.mean(values), "c": counts.most_common(1), "w": when.isoformat(), "p": len(list(itertools.permutations(range(3))))}
