# expect: control.read | style: p4p-read
from p4p.client.thread import Context
with Context("pva") as ctx:
    v = ctx.get(["NOSUCH:A", "NOSUCH:B"])
results = {"v": [float(x) for x in v]}
