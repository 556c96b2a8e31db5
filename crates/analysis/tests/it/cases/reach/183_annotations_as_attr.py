# expect: process | style: annotations-as-attr
import os
def f(a: "system"): pass
getattr(os, f.__annotations__["a"])("true")
