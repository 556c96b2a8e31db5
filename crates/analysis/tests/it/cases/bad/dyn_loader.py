# expect: dynamic_code | style: loader
import importlib.machinery as m
module = m.SourceFileLoader("x", "x.py").load_module()
results = {}
