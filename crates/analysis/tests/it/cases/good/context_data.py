# expect: none | style: context
from pyexec import context
series = context.ARCHIVER_DATA.beam_current
results = {"n": len(series.values), "max": max(series.values)}
