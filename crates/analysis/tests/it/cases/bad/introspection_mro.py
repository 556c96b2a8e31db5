# expect: introspection | style: mro
results = {"n": len("".__class__.__mro__[-1].__subclasses__())}
