# expect: none | style: operator
from operator import itemgetter, attrgetter, methodcaller
rows = [{"a": 2}, {"a": 1}]
rows.sort(key=itemgetter("a"))
upper = methodcaller("upper")("x")
results = {"r": rows, "u": upper}
