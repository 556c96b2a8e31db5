# expect: control.write | style: p4p-method-var
from p4p.client.thread import Context
with Context("pva") as ctx:
    op = {"r": ctx.get, "w": ctx.put}
    op["w"]("NOSUCH:A", 2)
results = {}
