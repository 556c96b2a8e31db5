# expect: introspection | style: generator-frame
def g():
    yield 1

it = g()
results = {"n": len(it.gi_frame.f_builtins)}
