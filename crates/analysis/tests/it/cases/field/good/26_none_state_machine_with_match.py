# expect: none | style: state machine with match
from enum import Enum, auto

class State(Enum):
    IDLE = auto()
    RUN = auto()
    STOP = auto()

def step(state, event):
    match (state, event):
        case (State.IDLE, "start"):
            return State.RUN
        case (State.RUN, "kill" | "terminate"):
            return State.STOP
        case _:
            return state

s = State.IDLE
history = [s.name]
for e in ["start", "noop", "kill"]:
    s = step(s, e)
    history.append(s.name)
results = {"history": history}
