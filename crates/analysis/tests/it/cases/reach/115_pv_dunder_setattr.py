# expect: control.write | style: pv-dunder-setattr
from epics import PV
PV("A").__setattr__("value", 1)
