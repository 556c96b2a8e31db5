# expect: control.write | style: namespace
from types import SimpleNamespace
import epics
api = SimpleNamespace(read=epics.caget, go=epics.caput)
api.go("A:SP", 1)
results = {}
