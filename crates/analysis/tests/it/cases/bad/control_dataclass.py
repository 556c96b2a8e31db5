# expect: control.write | style: dataclass
from dataclasses import dataclass
from typing import Callable
from epics import caput

@dataclass
class Action:
    run: Callable
    name: str

Action(caput, "A:SP").run("A:SP", 1)
results = {}
