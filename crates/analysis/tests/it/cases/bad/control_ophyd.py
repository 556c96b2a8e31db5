# expect: control.write | style: ophyd
from ophyd import EpicsMotor
m = EpicsMotor("A:M1", name="m")
m.move(3)
results = {}
