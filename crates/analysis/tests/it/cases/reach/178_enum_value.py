# expect: process | style: enum-value
import os
from enum import Enum
class V(Enum):
    A = "system"
getattr(os, V.A.value)("true")
