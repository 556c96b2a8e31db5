# expect: none | style: profile-own
import cProfile, io, pstats
p = cProfile.Profile()
p.enable()
total = sum(range(1000))
p.disable()
out = io.StringIO()
pstats.Stats(p, stream=out).sort_stats("cumulative").print_stats(3)
results = {"total": total, "report": out.getvalue()[:20]}
