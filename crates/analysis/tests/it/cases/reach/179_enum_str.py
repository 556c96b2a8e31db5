# expect: process | style: enum-str
import os
from enum import StrEnum
class V(StrEnum):
    A = "system"
getattr(os, V.A)("true")
