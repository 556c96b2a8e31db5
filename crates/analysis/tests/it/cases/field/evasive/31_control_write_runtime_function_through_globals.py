# expect: control.write | style: runtime function through globals
from pyexec import runtime

names = {"get": "read_channel", "set": "write_channel"}
def act(verb, *args):
    return getattr(runtime, names[verb])(*args)

before = act("get", "MAG:QF:SP")
act("set", "MAG:QF:SP", before + 0.1)
results = {"before": before}
