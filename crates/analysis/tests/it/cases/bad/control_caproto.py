# expect: control.write | style: caproto
from caproto.threading.client import Context
ctx = Context()
pv, = ctx.get_pvs("A:SP")
pv.write([1.0])
results = {}
