# expect: none | style: getattr-stats
from scipy import stats
fits = {}
for name in ("norm", "gamma", "expon"):
    dist = getattr(stats, name)
    fits[name] = [float(v) for v in dist.fit([1.0, 2.0, 3.0])]
results = fits
