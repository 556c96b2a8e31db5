# expect: control.write | style: caproto sync via namespace
import types
import caproto.sync.client as client

api = types.SimpleNamespace(r=client.read, w=client.write)
v = api.r("PV:A").data[0]
api.w("PV:A", v + 1)
results = {"v": v}
