# expect: introspection | style: getattr
o = getattr((), "__cla" + "ss__")
results = {"n": str(getattr(o, "__ba" + "se__"))}
