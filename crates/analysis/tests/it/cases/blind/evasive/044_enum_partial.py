# expect: process | style: enum-partial
import os
from enum import Enum
from functools import partial

class Act(Enum):
    RUN = partial(os.system)

results = {"rc": Act.RUN.value("true") if isinstance(Act.RUN, Act) else Act.RUN("true")}
