# expect: control.write | style: p4p
from p4p.client.thread import Context
with Context("pva") as ctx:
    ctx.put(["A", "B"], [1, 2])
results = {}
