# expect: none | style: typing-protocol
from typing import Protocol, TypeVar, Generic, Callable, get_args
T = TypeVar("T")

class Writes(Protocol):
    def write(self, data: bytes) -> int: ...

class Ring(Generic[T]):
    def __init__(self, n: int):
        self.buf: list[T] = []
        self.n = n
    def write(self, x: T) -> int:
        self.buf = (self.buf + [x])[-self.n:]
        return len(self.buf)

def feed(sink: Writes, fn: Callable[[int], bytes]):
    return [sink.write(fn(i)) for i in range(3)]

results = {"n": feed(Ring(2), lambda i: bytes([i]))}
