# expect: control.write | style: p4p-put
from p4p.client.thread import Context
Context("pva").put("NOSUCH:A", 1)
results = {}
