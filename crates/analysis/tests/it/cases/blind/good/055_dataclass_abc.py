# expect: none | style: dataclass-abc
from __future__ import annotations
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field, fields

class Shape(ABC):
    @abstractmethod
    def area(self) -> float: ...

@dataclass(order=True)
class Rect(Shape):
    w: float = 1.0
    h: float = 2.0
    tags: list[str] = field(default_factory=list)
    def area(self) -> float:
        return self.w * self.h

r = Rect()
results = {"d": asdict(r), "f": [f.name for f in fields(r)], "a": r.area()}
