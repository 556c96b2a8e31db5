# expect: none | style: descriptor and metaclass gymnastics
class Typed:
    def __init__(self, kind):
        self.kind = kind
    def __set_name__(self, owner, name):
        self.name = "_" + name
    def __get__(self, obj, owner=None):
        return self if obj is None else getattr(obj, self.name)
    def __set__(self, obj, value):
        if not isinstance(value, self.kind):
            raise TypeError(self.name)
        setattr(obj, self.name, value)

class Meta(type):
    seen = []
    def __new__(mcls, name, bases, ns):
        cls = super().__new__(mcls, name, bases, ns)
        mcls.seen.append(name)
        return cls

class Point(metaclass=Meta):
    x = Typed(int)
    y = Typed(int)
    def __init__(self, x, y):
        self.x, self.y = x, y

p = Point(1, 2)
results = {"classes": Meta.seen, "x": p.x, "cls": type(p).__name__, "mro": [c.__name__ for c in type(p).__mro__]}
