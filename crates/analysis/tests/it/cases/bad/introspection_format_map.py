# expect: introspection | style: format
class C:
    pass
results = {"t": "{c.__init__.__globals__}".format(c=C())[:9]}
