# expect: control.read | style: reads
from p4p.client.thread import Context
with Context("pva") as ctx:
    values = ctx.get(["A", "B"], timeout=0.1)
results = {"v": [float(v) for v in values]}
