# expect: none | style: metaclass-registry
class Registry(type):
    items = {}
    def __new__(mcls, name, bases, ns, **kw):
        cls = super().__new__(mcls, name, bases, ns)
        mcls.items[name] = cls
        return cls

class Gauss(metaclass=Registry):
    def __call__(self, x):
        return x

results = {n: c()(1) for n, c in Registry.items.items()}
