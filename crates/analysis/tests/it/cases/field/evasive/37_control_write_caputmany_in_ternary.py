# expect: control.write | style: caput_many in ternary
import epics as ca
live = True
do = ca.caput_many if live else (lambda *a: None)
do(["A:SP", "B:SP"], [1, 2])
results = {"done": live}
