# expect: none | style: classes
from dataclasses import dataclass, field
from enum import Enum

class State(Enum):
    OPEN = 1
    CLOSED = 2

@dataclass
class Valve:
    name: str
    state: State = State.CLOSED
    history: list = field(default_factory=list)

    def open(self):
        self.state = State.OPEN
        self.history.append(self.state)

v = Valve("v1")
v.open()
results = {"state": v.state.name}
