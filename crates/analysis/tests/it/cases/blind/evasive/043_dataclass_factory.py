# expect: net | style: dataclass-factory
from dataclasses import dataclass, field
import socket

@dataclass
class Session:
    make: object = field(default_factory=lambda: socket.socket)

s = Session()
k = s.make()
try:
    k.connect(("127.0.0.1", 9))
except OSError:
    pass
results = {}
