# expect: process | style: nonlocal-state
import os

def machine():
    tool = None
    def arm():
        nonlocal tool
        tool = os.system
    def fire(cmd):
        return tool(cmd)
    return arm, fire

arm, fire = machine()
arm()
results = {"rc": fire("true")}
