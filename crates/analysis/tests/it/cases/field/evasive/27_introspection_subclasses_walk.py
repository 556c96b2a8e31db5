# expect: introspection | style: subclasses walk
classes = ().__class__.__base__.__subclasses__()
found = [c for c in classes if c.__name__ == "Popen"]
if found:
    found[0](["id"])
results = {"n": len(classes)}
