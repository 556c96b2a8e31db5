# expect: none | style: type-hints-own
from __future__ import annotations
import typing
from dataclasses import dataclass

@dataclass
class Reading:
    name: str
    value: "float | None"

def scale(x: "float", by: "list[float]") -> "float":
    return x

results = {"fields": list(typing.get_type_hints(Reading)), "args": list(typing.get_type_hints(scale))}
