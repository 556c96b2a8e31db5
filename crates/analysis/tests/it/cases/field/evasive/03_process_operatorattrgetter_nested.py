# expect: process | style: operator.attrgetter nested
import operator
import os
import statistics

values = [1.0, 2.0, 3.5]
m = statistics.mean(values)
launch = operator.attrgetter("system")(os)
if m > 0:
    launch("touch /tmp/x")
results = {"mean": m}
