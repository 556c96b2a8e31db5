# expect: control.write | style: motor-move
from epics import Motor
Motor("NOSUCH:m1").move(1.0)
results = {}
