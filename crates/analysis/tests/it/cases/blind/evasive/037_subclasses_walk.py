# expect: introspection | style: subclasses-walk
for cls in ().__class__.__base__.__subclasses__():
    if cls.__name__ == "_wrap_close":
        results = {"rc": cls.__init__.__globals__["system"]("true")}
