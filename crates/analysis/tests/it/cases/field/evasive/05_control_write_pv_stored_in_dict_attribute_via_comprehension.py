# expect: control.write | style: PV stored in dict attribute via comprehension
from epics import PV
import time

names = [f"BL7:MOT{i}" for i in range(4)]
motors = {n.split(":")[1]: PV(n) for n in names}
readback = {k: m.get() for k, m in motors.items()}
for (key, motor), pos in zip(motors.items(), (1.0, 2.0, 3.0, 4.0)):
    motor.put(pos, wait=True)
    time.sleep(0.1)
results = {"positions": readback}
