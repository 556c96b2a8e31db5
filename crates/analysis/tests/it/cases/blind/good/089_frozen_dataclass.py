# expect: none | style: frozen-dataclass
from dataclasses import dataclass, field

@dataclass(frozen=True)
class Run:
    values: list = field(default_factory=list)
    total: float = 0.0
    def __post_init__(self):
        object.__setattr__(self, "total", float(sum(self.values)))

results = {"t": Run([1, 2]).total}
