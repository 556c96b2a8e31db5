# expect: control.write | style: evasive
import epics
def w(f, *a, **k): return f(*a, **k)
w(epics.caput, "A:SP", 1)
