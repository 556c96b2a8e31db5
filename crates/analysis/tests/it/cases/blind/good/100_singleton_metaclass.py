# expect: none | style: singleton-metaclass
class Singleton(type):
    _all = {}
    def __call__(cls, *args, **kwargs):
        if cls not in cls._all:
            cls._all[cls] = super().__call__(*args, **kwargs)
        return cls._all[cls]

class Config(metaclass=Singleton):
    def __init__(self):
        self.open = True
    def system(self):
        return self.open

results = {"same": Config() is Config(), "s": Config().system()}
