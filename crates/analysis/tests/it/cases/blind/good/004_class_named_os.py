# expect: none | style: class-named-os
from enum import Enum

class os(Enum):
    system = "linux"
    remove = "none"

results = {"os": os.system.value, "r": os.remove.value}
