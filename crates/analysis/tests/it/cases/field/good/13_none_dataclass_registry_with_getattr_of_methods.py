# expect: none | style: dataclass registry with getattr of methods
from dataclasses import dataclass, field, asdict, fields
import math

@dataclass
class Beam:
    energy: float = 3.0
    current: float = 0.4
    tags: list = field(default_factory=list)

    def gamma(self):
        return self.energy / 0.000511

    def power(self):
        return self.energy * self.current

beam = Beam()
values = {name: getattr(beam, name)() for name in ("gamma", "power")}
for f in fields(beam):
    if isinstance(getattr(beam, f.name), float):
        setattr(beam, f.name, math.floor(getattr(beam, f.name)))
results = {**values, **{k: v for k, v in asdict(beam).items() if k != "tags"}}
