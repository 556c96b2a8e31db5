# expect: process | style: int-enum-name
import os
from enum import Enum
class V(Enum):
    system = 1
getattr(os, V.system.name)("true")
