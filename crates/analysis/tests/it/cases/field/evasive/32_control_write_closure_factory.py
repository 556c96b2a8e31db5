# expect: control.write | style: closure factory
from pyexec.runtime import write_channel as w

def make_setter(channel, scale):
    def setter(value):
        return w(channel, value * scale)
    return setter

setters = [make_setter(f"COR:{i}:SP", 0.5) for i in range(3)]
for s, v in zip(setters, [1, 2, 3]):
    s(v)
results = {"n": 3}
