# expect: none | style: setattr-kwargs
class Params:
    def __init__(self, **kw):
        for k, v in kw.items():
            setattr(self, k, v)
        self.__dict__.update(extra=1)
    def __repr__(self):
        return f"{self.__class__.__name__}({vars(self)})"

results = {"p": repr(Params(a=1, b=2))}
