# expect: process | style: generic-alias
import os
from typing import Generic, TypeVar
T = TypeVar("T")
class Box(Generic[T]):
    f = staticmethod(os.system)
Box[int].f("true")
