# expect: none | style: subclasses
class Base:
    pass

class A(Base):
    pass

class B(Base):
    pass

results = {"n": [c.__name__ for c in Base.__subclasses__()]}
