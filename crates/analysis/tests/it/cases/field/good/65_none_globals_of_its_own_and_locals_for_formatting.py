# expect: none | style: globals of its own and locals for formatting
GAIN = 2.0
OFFSET = 1.0
def report():
    a = 1
    b = 2
    return "{a} {b}".format(**locals())
names = [n for n in globals() if n.isupper()]
values = {n: globals()[n] for n in ("GAIN", "OFFSET")}
results = {"r": report(), "names": names, "values": values}
