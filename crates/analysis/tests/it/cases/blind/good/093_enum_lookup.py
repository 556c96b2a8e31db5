# expect: none | style: enum-lookup
from enum import Enum

class Mode(Enum):
    READ = "r"
    WRITE = "w"

results = {"m": Mode["WRITE"].value, "all": [m.name for m in Mode]}
