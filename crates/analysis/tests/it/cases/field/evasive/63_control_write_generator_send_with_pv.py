# expect: control.write | style: generator send with PV
import epics
def writer():
    while True:
        name, value = yield
        epics.caput(name, value)
w = writer()
next(w)
w.send(("TEST:SP", 1))
results = {}
