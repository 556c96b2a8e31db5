# expect: none | style: abc
from abc import ABC, abstractmethod

class Shape(ABC):
    @abstractmethod
    def area(self): ...

class Square(Shape):
    def __init__(self, a):
        super().__init__()
        self.a = a

    def area(self):
        return self.a ** 2

results = {"a": Square(2).area()}
