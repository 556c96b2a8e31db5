# expect: none | style: descriptor-units
class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name
    def __get__(self, obj, owner=None):
        return self if obj is None else getattr(obj, self.name)
    def __set__(self, obj, value):
        if value <= 0:
            raise ValueError(value)
        setattr(obj, self.name, value)

class Beam:
    current = Positive()
    def __init__(self, current):
        self.current = current

results = {"c": Beam(3.0).current}
