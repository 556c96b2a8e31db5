# expect: control.write | style: alias-chain
import epics as e
a = e
b = a.caput
c = b
c("A:SP", 1)
results = {}
