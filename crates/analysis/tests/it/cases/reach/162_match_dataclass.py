# expect: process | style: match-dataclass
import os
from dataclasses import dataclass
@dataclass
class P:
    a: int
    f: object
match P(1, os.system):
    case P(_, g):
        g("true")
