# expect: control.write | style: evasive
from p4p.client.thread import Context as C
with C("pva") as c: (lambda o: o.put)(c)("A", 1)
