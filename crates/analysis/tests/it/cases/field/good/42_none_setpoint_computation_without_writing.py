# expect: none | style: setpoint computation without writing
import numpy as np

setpoints = {"COR:1:SP": 0.1, "COR:2:SP": -0.2}

def put(name, value):
    setpoints[name] = value

def write_channel(name, value):
    put(name, round(value, 6))

def caput(name, value, wait=False):
    write_channel(name, value)

for n in list(setpoints):
    caput(n, setpoints[n] * 1.1, wait=True)
results = {"proposal": setpoints}
