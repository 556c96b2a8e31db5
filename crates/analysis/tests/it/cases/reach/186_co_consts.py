# expect: introspection | style: co-consts
def f(): return "system"
f.__code__.co_consts
