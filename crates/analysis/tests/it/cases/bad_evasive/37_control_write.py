# expect: control.write | style: evasive
import epics
epics.PV("A:SP").__setattr__("value", 3)
