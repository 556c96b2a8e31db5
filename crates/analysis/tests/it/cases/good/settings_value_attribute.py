# expect: none | style: value-attribute
class Parameter:
    def __init__(self, value):
        self.value = value

p = Parameter(1.0)
p.value = 2.0
setattr(p, "value", 3.0)
results = {"v": p.value}
