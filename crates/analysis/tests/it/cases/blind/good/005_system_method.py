# expect: none | style: system-method
class Lens:
    def __init__(self, f):
        self.f = f
    def system(self, other):
        return 1 / (1 / self.f + 1 / other.f)

results = {"f": Lens(2.0).system(Lens(4.0))}
