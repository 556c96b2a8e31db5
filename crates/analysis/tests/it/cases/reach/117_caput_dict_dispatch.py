# expect: control.write | style: caput-dict-dispatch
import epics
ops = {"set": epics.caput, "get": epics.caget}
def do(op, *a):
    return ops[op](*a)
do("set", "A", 1)
